//! The proofs, and the proof that each rule of reconcile is necessary.
#![allow(
    clippy::print_stdout,
    reason = "how much was explored is to be seen: `cargo nextest run --no-capture`"
)]

use super::Change::{Deploy, DeployMeanwhile, Put, Remove, Reprocess};
use super::{BAD, Change, Count, Invariant, Outputs, Rule, Scene, Wrong, explore};
use crate::key;
use crate::manifest::Manifest;

/// Changes by people, one after another.
type Story = &'static [Change];

const SHORT: [Story; 6] = [
    &[Put(1)],
    &[Put(1), Put(1)],
    &[Put(1), Put(2)],
    &[Put(1), Remove],
    &[Put(1), Put(BAD)],
    &[Put(BAD), Put(1)],
];

const LONG: [Story; 5] = [
    &[Put(1), Remove, Put(1)],
    &[Put(1), Remove, Put(2)],
    &[Put(1), Put(2), Put(1)],
    &[Put(1), Put(2), Remove],
    &[Put(1), Put(BAD), Put(2)],
];

const LONGEST: Story = &[Put(1), Put(2), Put(1), Put(BAD)];

const DEPLOYMENTS: [Story; 5] = [
    &[Put(1), Deploy, Reprocess],
    &[Put(1), Deploy, Put(1)],
    &[Put(1), Deploy, Put(2)],
    &[Put(1), Deploy, Remove],
    &[Put(1), Put(2), Deploy, Reprocess],
];

/// Jobs of both deployments at once.
const OVERLAPS: [Story; 5] = [
    &[Put(1), DeployMeanwhile],
    &[Put(1), DeployMeanwhile, Put(1)],
    &[Put(1), DeployMeanwhile, Remove],
    &[Put(1), DeployMeanwhile, Reprocess],
    &[Put(1), DeployMeanwhile, Put(2)],
];

/// A [`Scene`] without its changes.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    workers: usize,
    crashes: u8,
    repeats: u8,
}

fn scene(changes: Story, trouble: Trouble) -> Scene {
    Scene {
        changes,
        workers: trouble.workers,
        crashes: trouble.crashes,
        repeats: trouble.repeats,
        without: None,
    }
}

/// Readers may see anything.
fn anything(_: &Outputs) -> Option<String> {
    None
}

/// A manifest never names a variant that does not exist.
fn named_is_there(outputs: &Outputs) -> Option<String> {
    let manifest = outputs.get(&key::manifest(&super::job::key().folder()))?;
    let named = Manifest::read(manifest)?.variants;
    let missing = named
        .into_iter()
        .find(|variant| !outputs.contains_key(&variant.key))?;
    Some(format!("{} is named, and not there", missing.key))
}

/// Explores the stories and prints the counts.
fn holds(stories: &[Story], trouble: Trouble, invariant: Invariant) {
    let mut sum = Count::default();
    for story in stories {
        let count =
            explore(scene(story, trouble), invariant).unwrap_or_else(|Wrong { what, how }| {
                panic!("{story:?}, {trouble:?}: {what}\n  {}", how.join("\n  "))
            });
        println!("  {story:?}: {count}");
        sum += count;
    }
    println!("{trouble:?}: {sum}");
}

/// A rule is necessary: without it the story goes wrong, in this way.
fn needed(rule: Rule, story: Story, trouble: Trouble, invariant: Invariant, so: &str) {
    let scene = Scene {
        without: Some(rule),
        ..scene(story, trouble)
    };
    let result = explore(scene, invariant);
    let Wrong { what, how } =
        result.expect_err("it holds without the rule, or the exploration is blind");
    println!(
        "without {rule:?}, {story:?}: {what}\n  {}",
        how.join("\n  ")
    );
    assert!(what.contains(so), "{what}");
}

const ALONE: Trouble = Trouble {
    workers: 1,
    crashes: 0,
    repeats: 0,
};
const UNTROUBLED: Trouble = Trouble {
    workers: 2,
    crashes: 0,
    repeats: 0,
};
const CRASHES: Trouble = Trouble {
    workers: 2,
    crashes: 1,
    repeats: 0,
};
const REPEATS: Trouble = Trouble {
    workers: 2,
    crashes: 0,
    repeats: 1,
};
const BOTH: Trouble = Trouble {
    workers: 2,
    crashes: 1,
    repeats: 1,
};

#[test]
fn two_workers_do_right_whatever_happens() {
    holds(&SHORT, BOTH, anything);
    holds(&DEPLOYMENTS, BOTH, anything);
}

#[test]
fn reprocessing_sets_right_what_two_deployments_have_mixed() {
    holds(&OVERLAPS[..4], BOTH, anything);
    holds(&OVERLAPS[4..], REPEATS, anything);
}

#[test]
fn two_workers_do_right_through_long_stories() {
    holds(&LONG, UNTROUBLED, anything);
    holds(&LONG[..1], CRASHES, anything);
}

#[test]
fn three_workers_do_right() {
    let trouble = Trouble {
        workers: 3,
        ..REPEATS
    };
    holds(&SHORT[..4], trouble, anything);
}

#[test]
fn an_undisturbed_reader_finds_what_the_manifest_names() {
    let written: Vec<Story> = [&SHORT[..], &LONG, &DEPLOYMENTS].concat();
    let written: Vec<Story> = written
        .into_iter()
        .filter(|story| !story.contains(&Remove))
        .collect();
    holds(&written, ALONE, named_is_there);
}

#[test]
fn every_rule_is_needed() {
    needed(
        Rule::LookAgain,
        &[Put(1), Remove],
        UNTROUBLED,
        anything,
        "instead of []",
    );
    needed(
        Rule::ListLeftovers,
        &[Put(1), Put(2)],
        CRASHES,
        anything,
        "a.jpg = a of 1",
    );
    needed(
        Rule::RenderOnRedelivery,
        &[Put(1), Put(2)],
        CRASHES,
        anything,
        "a.jpg = a of 1",
    );
    needed(
        Rule::RenderOnSecondPass,
        &[Put(1), Put(2)],
        REPEATS,
        anything,
        "b.jpg = b of 1",
    );
    needed(
        Rule::RenderOnChange,
        &[Put(1), Remove, Put(1)],
        UNTROUBLED,
        anything,
        "[b.jpg = b of 1",
    );
    needed(
        Rule::ManifestLast,
        &[Put(1)],
        ALONE,
        named_is_there,
        "is named, and not there",
    );
    needed(
        Rule::RememberEtags,
        &[Put(1), DeployMeanwhile, Reprocess],
        REPEATS,
        anything,
        "a.jpg = a of 1 by 0",
    );
}

/// Minutes and gigabytes; docs/reliability.md has its figures.
#[test]
#[ignore = "takes minutes and gigabytes"]
fn all_of_it() {
    let crashes = |trouble| Trouble {
        crashes: 2,
        ..trouble
    };
    let three = |trouble| Trouble {
        workers: 3,
        ..trouble
    };
    holds(&SHORT, crashes(BOTH), anything);
    holds(&DEPLOYMENTS, crashes(BOTH), anything);
    holds(&OVERLAPS, crashes(BOTH), anything);
    holds(&SHORT[..2], three(BOTH), anything);
    holds(&SHORT, three(REPEATS), anything);
    holds(&LONG, CRASHES, anything);
    holds(&LONG, REPEATS, anything);
    holds(&[LONGEST], UNTROUBLED, anything);
}
