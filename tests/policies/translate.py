"""Prints template.yaml as CloudFormation gets it, as JSON: SAM's functions become roles' functions, permissions and sources.

usage: python translate.py template.yaml [NAME=VALUE ...]     parameters that SAM itself must know
"""

import json
import os
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """The template names no managed policy; SAM asks AWS for their list only when one does."""

    def load(self):
        return {}

with open(sys.argv[1], encoding="utf-8") as file:
    template = yaml_parse(file)
for function in template["Resources"].values():  # any address does: nobody fetches the code
    if function["Type"] == "AWS::Serverless::Function":
        function["Properties"]["CodeUri"] = "s3://code/function.zip"
template.get("Globals", {}).get("Function", {}).pop("CodeUri", None)
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
parameters = dict(argument.split("=", 1) for argument in sys.argv[2:])
json.dump(transform(template, parameters, NoManagedPolicies()), sys.stdout, indent=1)
