//! The configuration of the functions. Only a `main` reads the environment; it passes a lookup function.

use darkroom_imaging::Decoders;

/// The configuration of `darkroom-render`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Render {
    /// The bucket of the originals.
    pub input_bucket: String,
    /// The bucket of the outputs.
    pub output_bucket: String,
    /// The topic of the notices.
    pub topic_arn: String,
    /// `{public_url}/{key}` serves an output object to a browser.
    pub public_url: String,
    /// The queue of the messages, to return failed ones early.
    pub queue_url: String,
    /// Where records go that are not understood.
    pub dlq_url: String,
    /// The function's memory in bytes.
    pub memory_bytes: u64,
    /// The decoders of JPEG and WebP; the fast ones unless `DECODERS` says otherwise.
    pub decoders: Decoders,
}

/// The configuration of `darkroom-push`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// The bucket of the originals that guests may remove.
    pub input_bucket: String,
    /// The watch table.
    pub watch_table: String,
    /// The base of the WebSocket API's `@connections`.
    pub websocket_endpoint: String,
}

/// The configuration of `darkroom-digest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The queue of the notices to sum up.
    pub queue_url: String,
    /// The topic of the digests.
    pub topic_arn: String,
    /// The page that mails link to.
    pub site_url: String,
}

/// The configuration of `darkroom-sweep`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// The bucket of the originals.
    pub input_bucket: String,
    /// The bucket of the outputs.
    pub output_bucket: String,
}

/// All faults of the environment together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to read the configuration: {}", .0.join("; "))]
pub struct Faults(Vec<String>);

/// Reads [`Render`].
///
/// # Errors
/// Every variable that is missing or malformed.
pub fn render(lookup: impl Fn(&str) -> Option<String>) -> Result<Render, Faults> {
    let mut reader = Reader::new(lookup);
    let config = Render {
        input_bucket: reader.text("INPUT_BUCKET"),
        output_bucket: reader.text("OUTPUT_BUCKET"),
        topic_arn: reader.text("TOPIC_ARN"),
        public_url: reader.url("PUBLIC_URL"),
        queue_url: reader.url("QUEUE_URL"),
        dlq_url: reader.url("DLQ_URL"),
        memory_bytes: reader.mebibytes("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
        decoders: reader.decoders("DECODERS"),
    };
    reader.done(config)
}

/// Reads [`Push`].
///
/// # Errors
/// Every variable that is missing or malformed.
pub fn push(lookup: impl Fn(&str) -> Option<String>) -> Result<Push, Faults> {
    let mut reader = Reader::new(lookup);
    let config = Push {
        input_bucket: reader.text("INPUT_BUCKET"),
        watch_table: reader.text("WATCH_TABLE"),
        websocket_endpoint: reader.url("WEBSOCKET_ENDPOINT"),
    };
    reader.done(config)
}

/// Reads [`Digest`].
///
/// # Errors
/// Every variable that is missing or malformed.
pub fn digest(lookup: impl Fn(&str) -> Option<String>) -> Result<Digest, Faults> {
    let mut reader = Reader::new(lookup);
    let config = Digest {
        queue_url: reader.url("QUEUE_URL"),
        topic_arn: reader.text("TOPIC_ARN"),
        site_url: reader.url("SITE_URL"),
    };
    reader.done(config)
}

/// Reads [`Sweep`].
///
/// # Errors
/// Every variable that is missing or malformed.
pub fn sweep(lookup: impl Fn(&str) -> Option<String>) -> Result<Sweep, Faults> {
    let mut reader = Reader::new(lookup);
    let config = Sweep {
        input_bucket: reader.text("INPUT_BUCKET"),
        output_bucket: reader.text("OUTPUT_BUCKET"),
    };
    reader.done(config)
}

/// Continues after a fault, so that all faults are reported together.
struct Reader<L> {
    lookup: L,
    faults: Vec<String>,
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    fn new(lookup: L) -> Self {
        Self {
            lookup,
            faults: Vec::new(),
        }
    }

    fn text(&mut self, name: &str) -> String {
        match (self.lookup)(name).filter(|value| !value.is_empty()) {
            Some(value) => value,
            None => self.fault(format!("{name} is not set")),
        }
    }

    fn url(&mut self, name: &str) -> String {
        let value = self.text(name);
        if value.is_empty() || value.starts_with("https://") || value.starts_with("http://") {
            return value.trim_end_matches('/').to_owned();
        }
        self.fault(format!("{name} must be an http(s) URL, not {value:?}"))
    }

    fn mebibytes(&mut self, name: &str) -> u64 {
        let value = self.text(name);
        match value.parse::<u64>() {
            Ok(mebibytes) if mebibytes > 0 => mebibytes << 20,
            _ if value.is_empty() => 0, // already reported
            _ => self.fault(format!("{name} must be a number of MiB, not {value:?}")),
        }
    }

    fn decoders(&mut self, name: &str) -> Decoders {
        let value = (self.lookup)(name).filter(|value| !value.is_empty());
        match value.map_or(Ok(Decoders::default()), |value| value.parse()) {
            Ok(decoders) => decoders,
            Err(fault) => self.fault(format!("{name}: {fault}")),
        }
    }

    fn fault<T: Default>(&mut self, fault: String) -> T {
        self.faults.push(fault);
        T::default()
    }

    fn done<T>(self, config: T) -> Result<T, Faults> {
        if self.faults.is_empty() {
            Ok(config)
        } else {
            Err(Faults(self.faults))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<String> {
        let value = match name {
            "INPUT_BUCKET" | "OUTPUT_BUCKET" | "TOPIC_ARN" | "WATCH_TABLE" => name,
            "PUBLIC_URL" | "SITE_URL" => "https://x/",
            "QUEUE_URL" | "DLQ_URL" | "WEBSOCKET_ENDPOINT" => "http://127.0.0.1:1/q",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE" => "1769",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn a_whole_environment_is_read() {
        let config = render(lookup).expect("nothing is missing");
        assert_eq!(
            (config.public_url.as_str(), config.memory_bytes),
            ("https://x", 1769 << 20)
        );
        assert!(push(lookup).is_ok() && digest(lookup).is_ok() && sweep(lookup).is_ok());
    }

    #[test]
    fn the_decoders_are_the_fast_ones_unless_the_environment_names_others() {
        let decoders = |value: &'static str| {
            let lookup = move |name: &str| match name {
                "DECODERS" => Some(value.to_owned()),
                name => lookup(name),
            };
            render(lookup).map(|config| config.decoders)
        };
        assert_eq!(
            render(lookup).map(|config| config.decoders),
            Ok(Decoders::Fast)
        );
        assert_eq!(decoders("safe"), Ok(Decoders::Safe));
        let error = decoders("saef").expect_err("a fault").to_string();
        assert!(error.contains("use fast or safe"), "{error}");
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let broken = |name: &str| match name {
            "INPUT_BUCKET" => None,
            "TOPIC_ARN" => Some(String::new()),
            "PUBLIC_URL" => Some("ftp://x".to_owned()),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE" => Some("lots".to_owned()),
            name => lookup(name),
        };
        let error = render(broken).expect_err("four faults").to_string();
        for part in [
            "INPUT_BUCKET is not set",
            "TOPIC_ARN is not set",
            "\"ftp://x\"",
            "\"lots\"",
        ] {
            assert!(error.contains(part), "{error}");
        }
        assert!(!error.contains("OUTPUT_BUCKET"), "{error}");
    }
}
