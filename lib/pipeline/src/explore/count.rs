//! The size of an exploration.

use std::fmt;

use super::Exploration;

/// The counts of an exploration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) states: u64,
    pub(super) steps: u64,
    /// Ways through them from the start to an end. Saturates.
    pub(super) schedules: u128,
    pub(super) ends: u64,
    /// Standings of jobs: how often `reconcile` was run.
    pub(super) standings: u64,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.states += other.states;
        self.steps += other.steps;
        self.schedules = self.schedules.saturating_add(other.schedules);
        self.ends += other.ends;
        self.standings += other.standings;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            states,
            steps,
            schedules,
            ends,
            standings,
        } = self;
        #[expect(clippy::cast_precision_loss, reason = "it is to be read")]
        let schedules = *schedules as f64;
        write!(
            f,
            "{states} states, {steps} steps, {schedules:.1e} schedules, {ends} ends, {standings} standings of jobs"
        )
    }
}

/// Counts, once every state has been looked at. States are taken after all that lead to them, which works only if no
/// schedule comes back to where it was: that every schedule ends is shown by the way.
pub(super) fn count(exploration: &Exploration) -> Count {
    let states = exploration.states.len();
    let followers = |state: usize| {
        let range = exploration.begins[state]..exploration.begins[state + 1];
        exploration.followers[range]
            .iter()
            .map(|follower| *follower as usize)
    };
    let mut before = vec![0_u32; states];
    for follower in (0..states).flat_map(followers) {
        before[follower] += 1;
    }
    let mut ways = vec![0_u128; states];
    ways[0] = 1;
    let (mut ready, mut taken, mut ends, mut schedules) = (vec![0], 0, 0, 0_u128);
    while let Some(state) = ready.pop() {
        taken += 1;
        if followers(state).len() == 0 {
            ends += 1;
            schedules = schedules.saturating_add(ways[state]);
        }
        for follower in followers(state) {
            ways[follower] = ways[follower].saturating_add(ways[state]);
            before[follower] -= 1;
            if before[follower] == 0 {
                ready.push(follower);
            }
        }
    }
    assert_eq!(taken, states, "some schedule never ends");
    Count {
        states: states as u64,
        steps: exploration.followers.len() as u64,
        schedules,
        ends,
        standings: exploration.jobs.len() as u64,
    }
}
