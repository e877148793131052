// template.yaml as CloudFormation would have it: translated by SAM, with the intrinsic functions of its policies resolved.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ACCOUNT = "111122223333";
export const REGION = "eu-west-1";
export const STACK = "darkroom";

const PSEUDO = {
  "AWS::AccountId": ACCOUNT,
  "AWS::Partition": "aws",
  "AWS::Region": REGION,
  "AWS::StackName": STACK,
  "AWS::URLSuffix": "amazonaws.com",
};

/** Stands for `!Ref AWS::NoValue`, which removes the property or list entry. */
const NOTHING = Symbol("AWS::NoValue");

/** What `!GetAtt` and `!Ref` of a resource are on AWS, by its type; every other is its logical id. */
const ARNS = {
  "AWS::S3::Bucket": (name) => `arn:aws:s3:::${name}`,
  "AWS::SQS::Queue": (name) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
  "AWS::SNS::Topic": (name) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`,
  "AWS::IAM::Role": (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  "AWS::IAM::ManagedPolicy": (name) => `arn:aws:iam::${ACCOUNT}:policy/${name}`,
  "AWS::DynamoDB::Table": (name) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`,
  "AWS::Logs::LogGroup": (name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`,
  "AWS::Events::Rule": (name) => `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`,
  "AWS::Lambda::Function": (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
};

/** What `!Ref` gives the ARN of. */
const REFERENCE_IS_ARN = ["AWS::SNS::Topic", "AWS::IAM::ManagedPolicy"];

const translated = new Map();

/** The template, translated once a process for each way of deploying; all other parameters are still open. */
function translate({ CanaryDeployments = "off" }) {
  if (!translated.has(CanaryDeployments)) {
    const python = process.env.DARKROOM_PYTHON ?? "python3";
    const words = ["translate.py", "../../template.yaml", `CanaryDeployments=${CanaryDeployments}`];
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    translated.set(CanaryDeployments, execFileSync(python, words, { cwd, encoding: "utf8", maxBuffer: 1 << 26 }));
  }
  return JSON.parse(translated.get(CanaryDeployments));
}

/** The template's parameters as it declares them. */
export function parameters() {
  return translate({}).Parameters;
}

/** The resources of the template with these parameters (and pseudo parameters): conditions decided, references replaced. */
export function load(parameters = {}) {
  const template = translate(parameters);
  const values = Object.fromEntries(
    Object.entries(template.Parameters).map(([name, parameter]) => [name, String(parameter.Default ?? "")]),
  );
  const scope = { template, values: { ...PSEUDO, ...values, ...parameters } };
  const present = Object.entries(template.Resources).filter(
    ([, resource]) => !resource.Condition || condition(scope, resource.Condition),
  );
  return Object.fromEntries(
    present.map(([name, { Type, Properties }]) => [name, { type: Type, properties: resolve(scope, Properties ?? {}) }]),
  );
}

/** The ARN of a resource by its logical id. */
export function arn(resources, name) {
  const { type, properties } = resources[name];
  return ARNS[type](physical(name, type, properties));
}

function physical(name, type, properties) {
  return type === "AWS::S3::Bucket" && typeof properties?.BucketName === "string" ? properties.BucketName : name;
}

function resolve(scope, value) {
  if (Array.isArray(value)) return value.map((item) => resolve(scope, item)).filter((item) => item !== NOTHING);
  if (value === null || typeof value !== "object") return value;
  const [name, ...others] = Object.keys(value);
  if (others.length === 0 && INTRINSICS[name]) return INTRINSICS[name](scope, value[name]);
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(scope, item)]);
  return Object.fromEntries(entries.filter(([, item]) => item !== NOTHING));
}

const INTRINSICS = {
  Ref: reference,
  "Fn::GetAtt": (scope, path) => attribute(scope, ...(Array.isArray(path) ? path : path.split("."))),
  "Fn::If": (scope, [name, yes, no]) => resolve(scope, condition(scope, name) ? yes : no),
  "Fn::Join": (scope, [glue, parts]) => resolve(scope, parts).join(glue),
  "Fn::Select": (scope, [index, list]) => resolve(scope, list)[index],
  "Fn::Split": (scope, [glue, text]) => resolve(scope, text).split(glue),
  "Fn::Sub": (scope, argument) => {
    const [text, locals] = Array.isArray(argument) ? argument : [argument, {}];
    return text.replace(/\$\{([^!}]+)\}/g, (_, name) => {
      if (name in locals) return resolve(scope, locals[name]);
      return name.includes(".") ? attribute(scope, ...name.split(".")) : reference(scope, name);
    });
  },
};

function reference(scope, name) {
  if (name === "AWS::NoValue") return NOTHING;
  if (name in scope.values) return scope.values[name];
  const resource = scope.template.Resources[name];
  if (!resource) throw new Error(`nothing in the template is called ${name}`);
  if (REFERENCE_IS_ARN.includes(resource.Type)) return ARNS[resource.Type](name);
  return physical(name, resource.Type, resource.Properties && { BucketName: resolve(scope, resource.Properties.BucketName) });
}

function attribute(scope, name, wanted) {
  const resource = scope.template.Resources[name];
  if (!resource) throw new Error(`nothing in the template is called ${name}`);
  if (wanted !== "Arn") return `${name}.${wanted}`;
  const make = ARNS[resource.Type];
  if (!make) throw new Error(`no rule says what the ARN of a ${resource.Type} is: add it to ARNS`);
  return make(physical(name, resource.Type, { BucketName: resolve(scope, resource.Properties?.BucketName) }));
}

function condition(scope, name) {
  return decide(scope, scope.template.Conditions[name]);
}

function decide(scope, test) {
  const [operator] = Object.keys(test);
  const operands = test[operator];
  switch (operator) {
    case "Condition":
      return condition(scope, operands);
    case "Fn::Equals":
      return String(resolve(scope, operands[0])) === String(resolve(scope, operands[1]));
    case "Fn::Not":
      return !decide(scope, operands[0]);
    case "Fn::And":
      return operands.every((operand) => decide(scope, operand));
    case "Fn::Or":
      return operands.some((operand) => decide(scope, operand));
    default:
      throw new Error(`unknown condition: ${operator}`);
  }
}
