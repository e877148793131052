//! The table by folder, the list of files to look at, and the verdict.

use std::collections::BTreeMap;
use std::fmt::Write as _; // into a String, which takes it all
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Tried;
use super::colour::Row;
use super::judge::Outcome;

/// The table is between these lines of docs/formats.md.
const BEGIN: &str = "<!-- cargo xtask conformance --write: begin -->";
const END: &str = "<!-- cargo xtask conformance --write: end -->";

/// The outcomes of one program for the files of a folder.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    ready: usize,
    rejected: BTreeMap<String, usize>,
    crash: usize,
    hang: usize,
}

impl Counts {
    fn of<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            match outcome {
                Outcome::Ready(_) => counts.ready += 1,
                Outcome::Rejected { code, .. } => {
                    *counts.rejected.entry(code.clone()).or_default() += 1;
                }
                Outcome::Crash(_) => counts.crash += 1,
                Outcome::Hang => counts.hang += 1,
            }
        }
        counts
    }

    /// `14: corrupt 12, truncated 2`.
    fn rejected(&self) -> String {
        let sum: usize = self.rejected.values().sum();
        if sum == 0 {
            return "0".to_owned();
        }
        let codes: Vec<String> = self
            .rejected
            .iter()
            .map(|(code, count)| format!("{code} {count}"))
            .collect();
        format!("{sum}: {}", codes.join(", "))
    }
}

/// A Markdown table, a line for each folder and one for all.
pub(crate) fn table(tried: &[Tried], sharp: bool) -> String {
    let mut text = String::from(
        "| folder | files | ready | rejected | wrong | crash | hang | worst time | worst memory, of promised + 64 MiB |",
    );
    if sharp {
        text += " sharp: ready | rejected | crash or hang | differs from ours |";
    }
    text += "\n|---|--:|--:|---|--:|--:|--:|--:|--:|";
    if sharp {
        text += "--:|--:|--:|--:|";
    }
    text.push('\n');
    let mut folders: BTreeMap<&str, Vec<&Tried>> = BTreeMap::new();
    for one in tried {
        folders.entry(&one.folder).or_default().push(one);
    }
    for (folder, files) in &folders {
        line(&mut text, folder, files, sharp);
    }
    line(&mut text, "all", &tried.iter().collect::<Vec<_>>(), sharp);
    text
}

fn line(text: &mut String, folder: &str, files: &[&Tried], sharp: bool) {
    let ours = Counts::of(files.iter().map(|one| &one.ours));
    let wrong = files.iter().filter(|one| !one.wrong.is_empty()).count();
    let slowest = files.iter().map(|one| one.wall).max().unwrap_or_default();
    let heaviest = files.iter().max_by_key(|one| {
        // in thousandths of what it may have
        one.peak_bytes * 1000 / super::judge::most_memory(one.promised)
    });
    let memory = heaviest.map_or(String::new(), |one| {
        let most = super::judge::most_memory(one.promised);
        format!("{} of {} MB", one.peak_bytes / 1_000_000, most / 1_000_000)
    });
    let _ = write!(
        text,
        "| {folder} | {} | {} | {} | {wrong} | {} | {} | {:.2} s | {memory} |",
        files.len(),
        ours.ready,
        ours.rejected(),
        ours.crash,
        ours.hang,
        slowest.as_secs_f64(),
    );
    if sharp {
        let sharps = Counts::of(files.iter().filter_map(|one| one.sharps.as_ref()));
        let rejected: usize = sharps.rejected.values().sum();
        let differs = files.iter().filter(|one| one.differs.is_some()).count();
        let fell = sharps.crash + sharps.hang;
        let _ = write!(
            text,
            " {} | {rejected} | {fell} | {differs} |",
            sharps.ready
        );
    }
    text.push('\n');
}

/// A second table, with a line for each program that colours are compared with; empty if there is none.
pub(crate) fn colours(rows: &[Row]) -> String {
    let mut text = String::new();
    let lines = rows
        .iter()
        .filter_map(|row| Some((row, row.mean_and_worst()?)));
    for (row, (mean, worst)) in lines {
        if text.is_empty() {
            text += "\n| held against | files | mean | worst |\n|---|--:|--:|--:|\n";
        }
        let _ = writeln!(
            text,
            "| {} | {} | {mean:.2} | {worst:.2} |",
            row.what,
            row.figures.len()
        );
    }
    text
}

/// Every file's figure, a line for each program.
pub(crate) fn figures(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| !row.figures.is_empty()) {
        let figure = |(path, figure): &(PathBuf, f64)| format!("{} {figure:.2}", path.display());
        let figures: Vec<String> = row.figures.iter().map(figure).collect();
        let _ = writeln!(text, "{}: {}", row.what, figures.join(", "));
    }
    text
}

/// The files to look at: a line for each fault, then one for each folder and kind of difference from sharp.
pub(crate) fn list(tried: &[Tried]) -> String {
    let mut text = String::new();
    let mut otherwise: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for one in tried {
        for fault in faults(one) {
            let _ = writeln!(text, "{}: {fault}", one.path.display());
        }
        let name = one.path.file_name().unwrap_or_default().to_string_lossy();
        for (way, detail) in disagreements(one) {
            let files = otherwise.entry((&one.folder, way)).or_default();
            files.push(format!("{name}{detail}"));
        }
    }
    for ((folder, way), files) in otherwise {
        let _ = writeln!(
            text,
            "{folder}, {way}: {}: {}",
            files.len(),
            files.join(", ")
        );
    }
    text
}

fn faults(one: &Tried) -> Vec<String> {
    let mut faults: Vec<String> = one
        .wrong
        .iter()
        .map(|why| format!("WRONG, {why}"))
        .collect();
    match &one.ours {
        Outcome::Crash(words) => faults.push(format!("CRASH, {words}")),
        Outcome::Hang => faults.push(format!("HANG, {:.1} s", one.wall.as_secs_f64())),
        Outcome::Ready(_) | Outcome::Rejected { .. } => {}
    }
    if one.over_memory {
        faults.push(format!(
            "MEMORY, {} bytes at its peak, the plan promised {}",
            one.peak_bytes, one.promised
        ));
    }
    faults
}

/// How sharp's result differs, and the remark for this file.
fn disagreements(one: &Tried) -> Vec<(String, String)> {
    let mut found = Vec::new();
    match (&one.ours, &one.sharps) {
        (Outcome::Rejected { code, reason }, Some(Outcome::Ready(_))) => found.push((
            format!("rejected as {code} where sharp is ready"),
            format!(" ({reason})"),
        )),
        (Outcome::Ready(_), Some(Outcome::Rejected { reason, .. })) => {
            // sharp puts the file's path before its words
            let words = reason.lines().next().unwrap_or_default();
            let words = words
                .split_once("original: ")
                .map_or(words, |(_, words)| words);
            found.push((format!("ready where sharp says \"{words}\""), String::new()));
        }
        _ => {}
    }
    if let Some(how) = &one.differs {
        found.push(("other than sharp's".to_owned(), format!(" ({how})")));
    }
    found
}

/// An error if the engine crashed, hung or exceeded its promised memory on any file, or if colours exceed a tolerance.
pub(crate) fn verdict(tried: &[Tried], rows: &[Row]) -> Result<()> {
    let fell =
        |one: &&Tried| one.over_memory || matches!(one.ours, Outcome::Crash(_) | Outcome::Hang);
    let far = rows.iter().find(|row| !row.is_good());
    match tried.iter().filter(fell).count() {
        0 => far.map_or(Ok(()), |row| bail!("outside its tolerance: {}", row.what)),
        count => bail!("{count} files crashed, hung, or took more memory than promised: see above"),
    }
}

/// Puts the table between the marks of a document.
pub(crate) fn write(document: &Path, table: &str) -> Result<()> {
    let what = || format!("failed to write the table into {}", document.display());
    let text = fs::read_to_string(document).with_context(what)?;
    fs::write(document, replaced(&text, table).with_context(what)?).with_context(what)
}

fn replaced(text: &str, table: &str) -> Result<String> {
    let lost = "it lacks the comments that mark where the table goes";
    let (before, rest) = text.split_once(BEGIN).context(lost)?;
    let (_, after) = rest.split_once(END).context(lost)?;
    Ok(format!("{before}{BEGIN}\n{table}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn tried(path: &str, ours: Outcome, sharps: Outcome) -> Tried {
        Tried {
            folder: "f".to_owned(),
            path: path.into(),
            ours,
            sharps: Some(sharps),
            wall: Duration::from_millis(20),
            peak_bytes: 30_000_000,
            promised: 5_000_000,
            wrong: Vec::new(),
            over_memory: false,
            differs: None,
        }
    }

    fn rejected(code: &str) -> Outcome {
        Outcome::Rejected {
            code: code.to_owned(),
            reason: "why".to_owned(),
        }
    }

    #[test]
    fn a_line_counts_everything() {
        let ready = || Outcome::Ready("p".into());
        let mut all = vec![
            tried("a", ready(), ready()),
            tried("b", rejected("corrupt"), ready()),
            tried("c", rejected("truncated"), rejected("rejected")),
            tried("d", rejected("corrupt"), Outcome::Hang),
        ];
        all[0].differs = Some("much".to_owned());
        let table = table(&all, true);
        let line = "| f | 4 | 1 | 3: corrupt 2, truncated 1 | 0 | 0 | 0 | 0.02 s | 30 of 72 MB | 2 | 1 | 1 | 1 |";
        assert!(table.contains(line), "{table}");
        let list = list(&all);
        let lines = [
            "f, other than sharp's: 1: a (much)",
            "f, rejected as corrupt where sharp is ready: 1: b (why)",
        ];
        assert_eq!(list.lines().collect::<Vec<_>>(), lines);
        assert!(verdict(&all, &[]).is_ok());
        all[2].ours = Outcome::Crash("signal 6".to_owned());
        assert!(verdict(&all, &[]).is_err());
        all[2].ours = ready();
        all[3].over_memory = true;
        assert!(verdict(&all, &[]).is_err());
    }

    #[test]
    fn the_table_replaces_the_last_one() {
        let text = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let once = replaced(&text, "new\n").expect("marks");
        assert_eq!(once, format!("before\n{BEGIN}\nnew\n{END}\nafter\n"));
        assert!(replaced("no marks", "new\n").is_err());
    }
}
