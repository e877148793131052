// A Lambda function of node + sharp + the AWS SDK up to its first request for work: what functions/render does in Rust.
"use strict";
const http = require("node:http");
require("sharp");
const { S3Client } = require("@aws-sdk/client-s3");
const { SNSClient } = require("@aws-sdk/client-sns");
const { SQSClient } = require("@aws-sdk/client-sqs");

const clients = [new S3Client({}), new SNSClient({}), new SQSClient({})];
const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
http.get({ hostname, port, path: "/2018-06-01/runtime/invocation/next" }, (answer) => {
  answer.resume();
  answer.on("end", () => clients.forEach((client) => client.destroy()));
});
