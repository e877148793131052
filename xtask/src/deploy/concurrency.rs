//! Whether the account lets as many functions run at once as the stack asks for. A new account allows ten in all, and a message
//! whose function is refused five times ends as a dead letter.

use std::process::Command;

use anyhow::{Context, Result};
use xtask::run;
use xtask::template::Template;

/// Kept for push and digest, which are not capped to the last one.
const OTHERS: u32 = 4;
/// The least that an event source may be capped to.
const LEAST: u32 = 2;

/// Asks AWS for the account's limit and prints a warning if the stack may need more. `aws` is AWS's command line with the user's
/// credentials; they may lack the right to ask, which is no reason not to deploy.
pub(super) fn check(aws: &mut Command, parameters: &[String], template: &Template) -> Result<()> {
    let bulk = wanted("MaxConcurrency", parameters, template)?;
    let guests = wanted("GuestConcurrency", parameters, template)?;
    aws.args([
        "lambda",
        "get-account-settings",
        "--query",
        "AccountLimit.ConcurrentExecutions",
        "--output",
        "text",
    ]);
    let limit = run::output(aws).and_then(|text| {
        let text = text.trim();
        text.parse()
            .with_context(|| format!("failed to read the limit: {text}"))
    });
    match limit {
        Ok(limit) => {
            if let Some(warning) = warning(limit, bulk, guests) {
                println!("{warning}");
            }
        }
        Err(error) => println!(
            "warning: cannot tell whether this account may run {} functions at once: {error:#}",
            bulk + guests + OTHERS
        ),
    }
    Ok(())
}

/// The value of a parameter: the user's, or else the template's default.
fn wanted(name: &str, parameters: &[String], template: &Template) -> Result<u32> {
    let given = parameters
        .iter()
        .filter_map(|parameter| parameter.split_once('='))
        .rfind(|(given, _)| *given == name)
        .map(|(_, value)| value.to_owned());
    let value = given
        .or_else(|| template.default(name))
        .with_context(|| format!("template.yaml has no default for {name}"))?;
    value
        .parse()
        .with_context(|| format!("{name} must be a number: {value}"))
}

/// What to say about a limit, and the parameters that fit it.
fn warning(limit: u32, bulk: u32, guests: u32) -> Option<String> {
    let needed = bulk + guests + OTHERS;
    if limit >= needed {
        return None;
    }
    let left = limit.saturating_sub(OTHERS);
    let fewer_guests = guests.min(left / 3).max(LEAST);
    let fewer = left.saturating_sub(fewer_guests).max(LEAST);
    Some(format!(
        "warning: this account may run {limit} functions at once in this region, and the stack asks for up to {needed}.\n  \
         Messages beyond the limit are tried again, and may end as dead letters. Deploy with\n  \
         MaxConcurrency={fewer} GuestConcurrency={fewer_guests}, or ask for more first: Service Quotas, AWS Lambda, Concurrent executions."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_account_is_told_what_fits() {
        let warning = warning(10, 50, 5).expect("59 do not fit into 10");
        assert!(
            warning.contains("run 10 functions") && warning.contains("up to 59"),
            "{warning}"
        );
        assert!(
            warning.contains("MaxConcurrency=4 GuestConcurrency=2"),
            "{warning}"
        );
    }

    #[test]
    fn a_limit_that_fits_is_not_mentioned() {
        assert_eq!(warning(59, 50, 5), None);
        assert_eq!(warning(1000, 50, 5), None);
        assert!(warning(58, 50, 5).is_some());
    }

    #[test]
    fn the_users_value_comes_before_the_templates() {
        let template = Template::read().expect("template.yaml");
        let read = |parameters: &[&str]| {
            let parameters: Vec<String> = parameters.iter().map(|&text| text.to_owned()).collect();
            wanted("MaxConcurrency", &parameters, &template)
        };
        assert_eq!(read(&["NoticeEmail=a@b.c"]).expect("the default"), 50);
        assert_eq!(read(&["MaxConcurrency=9"]).expect("given"), 9);
        let error = read(&["MaxConcurrency=many"]).expect_err("no number");
        assert!(error.to_string().contains("many"), "{error}");
        assert!(wanted("NoSuch", &[], &template).is_err());
    }
}
