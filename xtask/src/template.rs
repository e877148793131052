//! template.yaml, read by a YAML parser, and written as JSON, which CloudFormation and SAM read too.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

use crate::run;

/// YAML's merge key: the entries of its mapping count here too, unless there is one of the same name.
const MERGE: &str = "<<";
/// The type of a Lambda function to SAM.
const FUNCTION: &str = "AWS::Serverless::Function";

/// The template in CloudFormation's JSON: `!Ref X` is `{"Ref": "X"}`, and anchors and merges are carried out.
pub struct Template(Value);

impl Template {
    /// Reads the repository's template.
    pub fn read() -> Result<Self> {
        let path = run::root().join("template.yaml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("failed to read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("failed to read {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let documents = Yaml::load_from_str(text)?;
        let [document] = documents.as_slice() else {
            bail!("it has {} YAML documents instead of one", documents.len());
        };
        Ok(Self(to_json(document)?))
    }

    /// The packages that the functions are built from, each once.
    pub fn packages(&self) -> Vec<String> {
        let functions = self.0["Resources"].as_object().into_iter().flatten();
        let mut packages: Vec<String> = functions
            .filter_map(|(_, resource)| package(resource))
            .map(str::to_owned)
            .collect();
        packages.sort();
        packages.dedup();
        packages
    }

    /// The default of a parameter.
    #[must_use]
    pub fn default(&self, parameter: &str) -> Option<String> {
        match &self.0["Parameters"][parameter]["Default"] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// As JSON in which each function's code is the folder of its package below `folder`, as `sam build` leaves it.
    pub fn with_code(mut self, folder: &Path) -> Result<String> {
        let globals = self.0["Globals"]["Function"].as_object_mut();
        globals
            .and_then(|globals| globals.remove("CodeUri"))
            .context("Globals of template.yaml have no CodeUri")?;
        let resources = self.0["Resources"].as_object_mut();
        for (name, resource) in resources.into_iter().flatten() {
            if resource["Type"] != FUNCTION {
                continue;
            }
            let package = package(resource)
                .with_context(|| format!("{name} names no package in its Metadata"))?;
            let code = folder.join(package).display().to_string();
            resource["Properties"]["CodeUri"] = json!(code);
        }
        Ok(serde_json::to_string_pretty(&self.0)?)
    }
}

/// The package that a resource is built from, if it is a function.
fn package(resource: &Value) -> Option<&str> {
    resource["Metadata"]["BuildProperties"]["Binary"].as_str()
}

fn to_json(node: &Yaml) -> Result<Value> {
    Ok(match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(text)) => json!(text),
        Yaml::Sequence(items) => items.iter().map(to_json).collect::<Result<_>>()?,
        Yaml::Mapping(entries) => mapping(entries)?,
        Yaml::Tagged(tag, node) => function(&tag.suffix, to_json(node)?),
        other => bail!("unexpected YAML: {other:?}"),
    })
}

fn mapping(entries: &saphyr::Mapping) -> Result<Value> {
    let mut merged = Map::new();
    let mut own = Map::new();
    for (key, value) in entries {
        let key = key.as_str().context("a key is no string")?;
        match (key, to_json(value)?) {
            (MERGE, Value::Object(more)) => merged.extend(more),
            // of several mappings, the first wins
            (MERGE, Value::Array(several)) => {
                for more in several.into_iter().rev() {
                    let Value::Object(more) = more else {
                        bail!("`{MERGE}` needs mappings, not {more}");
                    };
                    merged.extend(more);
                }
            }
            (MERGE, other) => bail!("`{MERGE}` needs mappings, not {other}"),
            (key, value) => {
                own.insert(key.to_owned(), value);
            }
        }
    }
    merged.extend(own);
    Ok(Value::Object(merged))
}

/// The long form of one of CloudFormation's functions.
fn function(tag: &str, argument: Value) -> Value {
    match (tag, argument) {
        ("Ref" | "Condition", argument) => json!({ tag: argument }),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
            json!({ "Fn::GetAtt": [resource, attribute] })
        }
        (name, argument) => json!({ format!("Fn::{name}"): argument }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
Metadata:
  Alike: &alike { Period: 300, Statistic: Sum }
  More: &more { Period: 10, Threshold: 0 }
Parameters:
  Most: { Type: Number, Default: 50 }
  Mail: { Type: String, Default: "" }
Globals:
  Function: { CodeUri: ., Timeout: 30 }
Resources:
  Push:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: darkroom-push } }
    Properties: { Role: !GetAtt Role.Arn, Name: !Sub "${Topic}-x", Date: "2012-10-17", Tracing: "on" }
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: { <<: [*more, *alike], Statistic: Maximum, Value: !Ref Most, If: !If [Is, 1, !Ref AWS::NoValue] }
"#;

    #[test]
    fn every_function_gets_its_own_code() {
        let template = Template::parse(SMALL).expect("YAML");
        assert_eq!(template.packages(), ["darkroom-push"]);
        let built = template.with_code(Path::new("/f")).expect("functions");
        let built: Value = serde_json::from_str(&built).expect("JSON");
        assert_eq!(built["Globals"]["Function"], json!({"Timeout": 30}));
        assert_eq!(
            built["Resources"]["Push"]["Properties"],
            json!({
                "CodeUri": "/f/darkroom-push",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Name": {"Fn::Sub": "${Topic}-x"},
                "Date": "2012-10-17",
                "Tracing": "on",
            })
        );
        assert_eq!(
            built["Resources"]["Alarm"]["Properties"],
            json!({
                "Period": 10,
                "Threshold": 0,
                "Statistic": "Maximum",
                "Value": {"Ref": "Most"},
                "If": {"Fn::If": ["Is", 1, {"Ref": "AWS::NoValue"}]},
            })
        );
    }

    #[test]
    fn defaults_are_text() {
        let template = Template::parse(SMALL).expect("YAML");
        assert_eq!(template.default("Most").as_deref(), Some("50"));
        assert_eq!(template.default("Mail").as_deref(), Some(""));
        assert_eq!(template.default("None"), None);
    }

    #[test]
    fn every_function_of_the_real_template_gets_its_code() {
        let template = Template::read().expect("template.yaml");
        let packages = template.packages();
        let built = template.with_code(Path::new("/f")).expect("functions");
        assert_eq!(
            built.matches("\"CodeUri\": \"/f/darkroom-").count(),
            built.matches(&format!("\"Type\": \"{FUNCTION}\"")).count()
        );
        assert!(packages.contains(&"darkroom-render".to_owned()));
    }
}
