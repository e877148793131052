//! Asks on the terminal before something that cannot be taken back.

use std::fmt::Display;
use std::io::{BufRead, IsTerminal, Write};

use anyhow::{Result, bail};

use crate::args::WrongUse;

/// Whether the user agrees: only `y` and `yes` do.
///
/// # Errors
/// Wrong use if there is no terminal; `instead` says what to pass.
pub(crate) fn confirmed(question: impl Display, instead: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        bail!(WrongUse(format!("there is no terminal to ask; {instead}")));
    }
    write!(std::io::stderr(), "{question} [y/N] ")?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
