"""The imitation of AWS: clients of moto's server, and the stacks that the tests deploy to it."""

import ast
import json
from dataclasses import dataclass

import boto3

import templates
from processes import REGION

# Invented credentials: moto accepts any until it enforces IAM.
KEYS = {"aws_access_key_id": "AKIATESTTESTTESTTEST", "aws_secret_access_key": "secret"}

# The prefix of the tables of the deployed stacks.
PREFIX = "play-"


class Aws:
    """Clients for one moto server."""

    def __init__(self, moto, region=REGION):
        self.moto = moto
        self.session = boto3.Session(region_name=region, **KEYS)

    def client(self, service):
        return self.session.client(service, endpoint_url=self.moto.url)

    def deploy(self, template, name, **parameters):
        """Deploys a template with CloudFormation and returns the stack's outputs."""
        client = self.client("cloudformation")
        client.create_stack(
            StackName=f"{name}-{template}",
            TemplateBody=templates.text(template),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "Project", "Value": name}],
        )
        (stack,) = client.describe_stacks(StackName=f"{name}-{template}")["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def delete(self, template, name):
        self.client("cloudformation").delete_stack(StackName=f"{name}-{template}")

    def role_policy(self, role, policy):
        document = self.client("iam").get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        # moto returns a document from CloudFormation as the text of a Python literal.
        return ast.literal_eval(document) if isinstance(document, str) else document

    def assume(self, name, policy):
        """Creates a role with that policy alone, and returns its credentials."""
        trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}
        iam = self.client("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="server", PolicyDocument=json.dumps(policy))
        assumed = self.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="server")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": assumed["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": assumed["SecretAccessKey"],
            "AWS_SESSION_TOKEN": assumed["SessionToken"],
        }


@dataclass
class Deployed:
    """The deployed stacks of tables and roles."""

    aws: Aws
    outputs: dict
    role: dict
    prefix: str = PREFIX

    @property
    def tables(self):
        """The part of a table's ARN before its name."""
        return self.outputs["GamesArn"].partition("table/")[0] + "table/"

    @property
    def streams(self):
        return [self.outputs["GamesStreamArn"], self.outputs["SessionsStreamArn"]]

    def resources(self):
        """All resources of the tables stack that a policy can name."""
        games = self.outputs["GamesArn"]
        table = self.aws.client("dynamodb").describe_table(TableName=games.partition("table/")[2])["Table"]
        indexes = [f"{games}/index/{index['IndexName']}" for index in table["GlobalSecondaryIndexes"]]
        return {games, self.outputs["PlayersArn"], self.outputs["SessionsArn"], *indexes, *self.streams}


def deploy(aws):
    outputs = aws.deploy("tables", "play", TablePrefix=PREFIX)
    return Deployed(aws, outputs, aws.deploy("role", "play", TablePrefix=PREFIX))
