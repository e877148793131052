//! Explores every interleaving of the store calls of workers with uploads, deletions, deployments, repeated and lost events,
//! and crashes, on the real `reconcile`. In every schedule, once all messages are done, the outputs are exactly those of a
//! fresh run over the current original, and a notice announced them after the last change. If jobs of two deployments
//! overlap, reprocessing must follow; it finds everything that they left wrong.
//!
//! A state is the state of the world plus the answers that each job has got; no state is explored twice. We assume that a
//! call takes effect at one moment between its start and its answer. A failed call ends its job, as a crash does.

mod bucket;
mod count;
mod job;
mod proofs;
mod rules;

use std::collections::HashMap;

use self::bucket::{Buckets, Outputs};
use self::count::Count;
use self::job::{BAD, Call, Image, Jobs, Presets, Start};
use self::rules::Rule;
use crate::compare::{self, Child, Difference};
use crate::event::{self, Entry};
use crate::key;
use crate::manifest::Manifest;

/// What people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Put(Image),
    Remove,
    /// New jobs use the second presets. Jobs with the first have ended; no event comes.
    Deploy,
    /// The same, but jobs with the first presets go on.
    DeployMeanwhile,
    /// A request to look again.
    Reprocess,
}

/// The scene to explore.
#[derive(Debug, Clone, Copy)]
struct Scene {
    /// In this order; any time may pass between them.
    changes: &'static [Change],
    workers: usize,
    /// How many jobs may die.
    crashes: u8,
    /// How many messages may be delivered twice, even while a job for the first delivery is running.
    repeats: u8,
    /// The rule that reconcile does without.
    without: Option<Rule>,
}

/// The most workers and changes of a [`Scene`].
const MOST_WORKERS: usize = 3;
const MOST_CHANGES: usize = 4;

/// No job.
const IDLE: u32 = u32::MAX;

/// A state: everything that determines what can happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    original: Option<Image>,
    presets: Presets,
    /// How many of the changes have happened.
    changed: u8,
    outputs: u32,
    /// Messages of each change: how many were not handed out yet, and how many were.
    queue: [[u8; 2]; MOST_CHANGES],
    /// The standing of each worker's job, sorted, because workers are interchangeable.
    jobs: [u32; MOST_WORKERS],
    crashes: u8,
    repeats: u8,
    /// Since the last change a notice announced the outcome that is right now.
    told: bool,
}

/// One step. Workers, messages and calls are given by their places.
#[derive(Debug, Clone, Copy)]
enum Step {
    Change(Change),
    /// The event of a change is lost; that of a later change stands for it.
    Unheard(Change),
    /// The event of a change comes again.
    Repeat(usize),
    /// The message of a running job is delivered again.
    TimeOut(usize),
    Receive {
        worker: usize,
        change: usize,
        again: bool,
    },
    Call {
        worker: usize,
        call: usize,
    },
    /// The job has ended: its message is deleted, or given back.
    End(usize),
    Crash(usize),
}

/// A violation, and the steps that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wrong {
    what: String,
    how: Vec<String>,
}

/// What readers of the outputs must never see.
type Invariant = fn(&Outputs) -> Option<String>;

/// The outputs that a fresh run over an original leaves, and the id of its notice.
type Expectations = HashMap<(Option<Image>, Presets), (Outputs, String)>;

/// A job's standing, the outputs, which of the job's calls, and the original.
type Meeting = (u32, u32, usize, Option<Image>);

struct Exploration {
    scene: Scene,
    jobs: Jobs,
    buckets: Buckets,
    expected: Expectations,
    /// What came of a job's call on certain outputs and a certain original: other outputs, and another standing.
    calls: HashMap<Meeting, (u32, u32)>,
    states: Vec<State>,
    /// The state and the step each state was first reached by.
    origins: Vec<(u32, Step)>,
    numbers: HashMap<State, u32>,
    /// The states after each state, all in a row, and where each state's begin.
    followers: Vec<u32>,
    begins: Vec<usize>,
}

/// Explores every state of the scene, breadth first.
fn explore(scene: Scene, invariant: Invariant) -> Result<Count, Wrong> {
    let mut exploration = Exploration::new(scene);
    let mut at = 0;
    while at < exploration.states.len() {
        let state = exploration.states[at];
        let steps = exploration.steps(&state);
        let seen = invariant(exploration.buckets.content(state.outputs)).map_or(Ok(()), Err);
        let right = if steps.is_empty() {
            exploration.check_end(&state)
        } else {
            Ok(())
        };
        seen.and(right)
            .map_err(|what| exploration.wrong(what, at))?;
        exploration.begins.push(exploration.followers.len());
        for step in steps {
            let next = exploration.take(&state, step);
            exploration.reach(next, at, step);
        }
        at += 1;
    }
    exploration.begins.push(exploration.followers.len());
    Ok(count::count(&exploration))
}

impl Exploration {
    fn new(scene: Scene) -> Self {
        let start = State {
            original: None,
            presets: 0,
            changed: 0,
            outputs: bucket::EMPTY,
            queue: [[0; 2]; MOST_CHANGES],
            jobs: [IDLE; MOST_WORKERS],
            crashes: scene.crashes,
            repeats: scene.repeats,
            told: true,
        };
        Self {
            scene,
            jobs: Jobs::without(scene.without),
            buckets: Buckets::default(),
            expected: expectations(scene.without),
            calls: HashMap::new(),
            states: vec![start],
            origins: vec![(0, Step::End(0))],
            numbers: HashMap::from([(start, 0)]),
            followers: Vec::new(),
            begins: Vec::new(),
        }
    }

    fn reach(&mut self, state: State, from: usize, step: Step) {
        let next = u32::try_from(self.states.len()).expect("fewer states than that");
        let number = *self.numbers.entry(state).or_insert(next);
        if number == next {
            self.states.push(state);
            self.origins
                .push((u32::try_from(from).expect("a state's number"), step));
        }
        self.followers.push(number);
    }

    /// The steps that can happen next.
    fn steps(&self, state: &State) -> Vec<Step> {
        let mut steps = Vec::new();
        let workers = &state.jobs[..self.scene.workers];
        match self.scene.changes[usize::from(state.changed)..] {
            [] => {}
            [Change::Deploy, ..] if workers.iter().any(|job| *job != IDLE) => {}
            [change @ (Change::Put(_) | Change::Remove), _, ..] => {
                steps.extend([Step::Change(change), Step::Unheard(change)]);
            }
            [change, ..] => steps.push(Step::Change(change)),
        }
        for (change, [fresh, again]) in state.queue.into_iter().enumerate() {
            if state.repeats > 0 && fresh > 0 {
                steps.push(Step::Repeat(change));
            }
            // Workers are interchangeable, so it does not matter which idle one takes it.
            let idle = workers.iter().position(|job| *job == IDLE);
            let handed = |again| {
                idle.map(|worker| Step::Receive {
                    worker,
                    change,
                    again,
                })
            };
            steps.extend(handed(false).filter(|_| fresh > 0));
            steps.extend(handed(true).filter(|_| again > 0));
        }
        for (worker, job) in workers.iter().enumerate() {
            // Nor which of two whose jobs stand in the same place goes on.
            if *job == IDLE || (worker > 0 && workers[worker - 1] == *job) {
                continue;
            }
            let standing = self.jobs.standing(*job);
            match standing.end {
                Some(_) => steps.push(Step::End(worker)),
                None => steps
                    .extend((0..standing.waiting.len()).map(|call| Step::Call { worker, call })),
            }
            if state.crashes > 0 {
                steps.push(Step::Crash(worker));
            }
            if state.repeats > 0 {
                steps.push(Step::TimeOut(worker));
            }
        }
        steps
    }

    /// The state after the step.
    fn take(&mut self, state: &State, step: Step) -> State {
        let mut next = *state;
        match step {
            Step::Change(change) => {
                next = changed(state, change);
                let is_heard = !matches!(change, Change::Deploy | Change::DeployMeanwhile);
                next.queue[usize::from(state.changed)][0] += u8::from(is_heard);
            }
            Step::Unheard(change) => next = changed(state, change),
            Step::Repeat(change) => {
                next.repeats -= 1;
                next.queue[change][0] += 1;
            }
            Step::TimeOut(worker) => {
                next.repeats -= 1;
                next.queue[self.change(state, worker)][1] += 1;
            }
            Step::Receive {
                worker,
                change,
                again,
            } => {
                next.queue[change][usize::from(again)] -= 1;
                next.jobs[worker] = self.jobs.start(Start {
                    change: u8::try_from(change).expect("few changes"),
                    event: self.scene.changes[change] != Change::Reprocess,
                    first_receive: !again,
                    presets: state.presets,
                });
            }
            Step::Call { worker, call } => self.call(&mut next, worker, call),
            Step::End(worker) => {
                next.jobs[worker] = IDLE;
                let end = &self.jobs.standing(state.jobs[worker]).end;
                next.queue[self.change(state, worker)][1] += u8::from(matches!(end, Some(Err(_))));
            }
            Step::Crash(worker) => {
                next.jobs[worker] = IDLE;
                next.queue[self.change(state, worker)][1] += 1;
                next.crashes -= 1;
            }
        }
        next.jobs[..self.scene.workers].sort_unstable();
        next
    }

    fn change(&self, state: &State, worker: usize) -> usize {
        self.jobs.standing(state.jobs[worker]).start.change.into()
    }

    fn call(&mut self, state: &mut State, worker: usize, call: usize) {
        let job = state.jobs[worker];
        let (place, asked) = &self.jobs.standing(job).waiting[call];
        if let Call::Publish(notice) = asked {
            state.told |= self.expected[&(state.original, state.presets)].1 == *notice;
        }
        let met = (job, state.outputs, call, state.original);
        if !self.calls.contains_key(&met) {
            let place = *place;
            let (outputs, answer) = self.buckets.call(state.outputs, asked, state.original);
            let after = self.jobs.answer(job, place, answer);
            self.calls.insert(met, (outputs, after));
        }
        (state.outputs, state.jobs[worker]) = self.calls[&met];
    }

    /// Nothing can happen any more: all must be right, and reprocessing find nothing to do. Where jobs of two deployments
    /// overlapped, what it finds must make all right.
    fn check_end(&mut self, state: &State) -> Result<(), String> {
        let mut end = *state;
        if self.scene.changes.contains(&Change::DeployMeanwhile)
            && let Some(difference) = self.difference(&end)
        {
            self.reprocess(&mut end, difference);
        }
        let (expected, _) = &self.expected[&(end.original, end.presets)];
        let outputs = self.buckets.content(end.outputs);
        if bucket::without_events(outputs) != *expected {
            return Err(format!(
                "{} instead of {}",
                bucket::tell(outputs),
                bucket::tell(expected)
            ));
        }
        if !end.told {
            return Err(format!("no notice told of {}", bucket::tell(expected)));
        }
        match self.difference(&end) {
            Some(difference) => Err(format!("reprocessing still finds it {}", difference.name())),
            None => Ok(()),
        }
    }

    /// The difference that reprocessing finds from the listing and the manifest.
    fn difference(&self, state: &State) -> Option<Difference> {
        let outputs = self.buckets.content(state.outputs);
        let children: Vec<Child> = outputs
            .iter()
            .filter_map(|(output_key, bytes)| {
                let (_, name) = key::split(output_key)?;
                Some(Child::new(name.into(), &job::etag(bytes)))
            })
            .collect();
        let Some(image) = state.original else {
            return compare::has_manifest(&children).then_some(Difference::Gone);
        };
        let manifest = outputs.get(&key::manifest(&job::key().folder()));
        compare::compare(
            &job::etag(&[image]),
            &job::fingerprint(state.presets),
            &children,
            manifest.and_then(|json| Manifest::read(json)).as_ref(),
        )
    }

    /// Runs the job of reprocessing, undisturbed.
    fn reprocess(&mut self, state: &mut State, difference: Difference) {
        let message = difference.message(&job::key());
        let asked = event::parse(&message, "in", 1);
        let Ok([Entry::Job(asked)]) = asked.as_deref() else {
            panic!("{message} asks for no job")
        };
        let start = Start {
            change: 0,
            event: false,
            first_receive: asked.first_receive,
            presets: state.presets,
        };
        let (outputs, notice) = alone(
            &mut self.jobs,
            &mut self.buckets,
            state.outputs,
            start,
            state.original,
        );
        state.outputs = outputs;
        state.told |= self.expected[&(state.original, state.presets)].1 == notice;
    }

    fn wrong(&self, what: String, at: usize) -> Wrong {
        let mut how = Vec::new();
        let mut at = at;
        while at > 0 {
            let (from, step) = self.origins[at];
            at = from as usize;
            let state = &self.states[at];
            let job = |worker: usize| self.jobs.standing(state.jobs[worker]);
            how.push(match step {
                Step::Call { worker, call } => format!(
                    "job {}: {}",
                    job(worker).start.change,
                    job(worker).waiting[call].1
                ),
                Step::End(worker) | Step::Crash(worker) | Step::TimeOut(worker) => {
                    format!("job {}: {step:?}", job(worker).start.change)
                }
                _ => format!("{step:?}"),
            });
        }
        how.reverse();
        Wrong { what, how }
    }
}

fn changed(state: &State, change: Change) -> State {
    let mut next = State {
        changed: state.changed + 1,
        told: false,
        ..*state
    };
    match change {
        Change::Put(image) => next.original = Some(image),
        Change::Remove => next.original = None,
        Change::Deploy | Change::DeployMeanwhile => next.presets = 1,
        Change::Reprocess => {}
    }
    next
}

fn expectations(without: Option<Rule>) -> Expectations {
    let originals = [None, Some(1), Some(2), Some(BAD)];
    let cases = originals
        .into_iter()
        .flat_map(|original| [(original, 0), (original, 1)]);
    cases
        .map(|(original, presets)| ((original, presets), fresh(original, presets, without)))
        .collect()
}

fn fresh(original: Option<Image>, presets: Presets, without: Option<Rule>) -> (Outputs, String) {
    let (mut jobs, mut buckets) = (Jobs::without(without), Buckets::default());
    let start = Start {
        change: 0,
        event: false,
        first_receive: true,
        presets,
    };
    let (outputs, notice) = alone(&mut jobs, &mut buckets, bucket::EMPTY, start, original);
    (buckets.content(outputs).clone(), notice)
}

/// Runs a job undisturbed. Returns the outputs afterwards, and the id of its notice.
fn alone(
    jobs: &mut Jobs,
    buckets: &mut Buckets,
    mut outputs: u32,
    start: Start,
    original: Option<Image>,
) -> (u32, String) {
    let mut notice = String::new();
    let mut job = jobs.start(start);
    while let Some((place, call)) = jobs.standing(job).waiting.first().cloned() {
        if let Call::Publish(id) = &call {
            notice.clone_from(id);
        }
        let (after, answer) = buckets.call(outputs, &call, original);
        outputs = after;
        job = jobs.answer(job, place, answer);
    }
    (outputs, notice)
}
