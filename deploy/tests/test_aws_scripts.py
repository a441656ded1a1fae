"""`make aws-up`, `make aws-down` and `make aws-leftovers` as a user runs them: the real scripts, the real AWS CLI (started
by aws_cli.py) and the unchanged templates, with moto's server in place of AWS (extended_moto.py adds what it lacks).

Only AWS can confirm that it accepts the templates, that an environment starts and serves, that load balancer, instances,
addresses and log groups are removed with their environment, that the stacks' tags reach the resources of Elastic Beanstalk
(these tests create the tagged resources themselves), and how long everything takes. The AWS CLI v2 is not on PyPI and
therefore not tested.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import boto3
import pytest

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
ACCOUNT = "123456789012"
BUCKET = f"elasticbeanstalk-{REGION}-{ACCOUNT}"
# Generous, because each script calls the AWS CLI dozens of times.
TIMEOUT = 300
KEYS = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "a-secret-that-nobody-prints"}


class Cloud:
    """A moto server, and the scripts that run against it."""

    def __init__(self, directory):
        self.directory = directory
        self.bundle = directory / "bundle.zip"
        self.bundle.write_bytes(b"the first bundle")
        self.processes = []
        # In /tmp, because the path of a socket must be short.
        self.cli = tempfile.TemporaryDirectory(prefix="aws-cli-", dir="/tmp")
        self.url = self.start("extended_moto.py", "-H", "127.0.0.1", "-p", "0", ready=r"Running on (http://127\.0\.0\.1:\d+)")
        self.start("aws_cli.py", self.cli.name, ready="(ready)")
        self.path = f"{self.cli.name}:{os.environ['PATH']}"

    def start(self, program, *arguments, ready):
        """Starts a program of this directory, waits for the pattern `ready` in its output, and returns the first group."""
        log = self.directory / f"{program}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name(program), *arguments],
                env={"PATH": os.environ["PATH"], "HOME": str(self.directory), "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.processes.append(process)
        deadline = time.monotonic() + 60
        while not (found := re.search(ready, log.read_text())):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            # Nothing signals that the process has written to its log.
            time.sleep(0.05)
        return found[1]

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait()
        self.cli.cleanup()

    def reset(self):
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST"), timeout=30).close()
        self.bundle.write_bytes(b"the first bundle")

    def client(self, service):
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.url, aws_access_key_id="AKIATEST", aws_secret_access_key="secret"
        )

    def run(self, script, *arguments, answer="", path=None, **variables):
        """Runs a script without the developer's environment, and returns its exit status and output."""
        environment = {
            "PATH": path or self.path,
            "HOME": str(self.directory),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "REGION": REGION,
            "BUNDLE": str(self.bundle),
            **KEYS,
            **variables,
        }
        done = subprocess.run(
            [ROOT / "deploy/aws" / f"{script}.sh", *arguments],
            env={key: value for key, value in environment.items() if value is not None},
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert KEYS["AWS_SECRET_ACCESS_KEY"] not in done.stdout
        return done.returncode, done.stdout

    def up(self, **variables):
        status, output = self.run("up", "--yes", **variables)
        assert status == 0, output
        return output

    def stacks(self):
        return {stack["StackName"]: stack["StackStatus"] for stack in self.client("cloudformation").describe_stacks()["Stacks"]}

    def parameters(self, stack):
        (found,) = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in found["Parameters"]}

    def ids(self):
        """Returns the stacks' ids, which differ between a stack and its replacement of the same name."""
        return {stack["StackName"]: stack["StackId"] for stack in self.client("cloudformation").describe_stacks()["Stacks"]}

    def tables(self):
        return set(self.client("dynamodb").list_tables()["TableNames"])

    def bundles(self, name):
        found = self.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"tic-tac-toe/{name}/").get("Contents", [])
        return [item["Key"] for item in found]

    def environments(self):
        return self.client("elasticbeanstalk").describe_environments()["Environments"]

    def everything(self):
        return (
            self.stacks(),
            self.tables(),
            [environment["EnvironmentName"] for environment in self.environments()],
            [bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]],
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    cloud = Cloud(tmp_path_factory.mktemp("cloud"))
    yield cloud
    cloud.stop()


@pytest.fixture
def cloud(server):
    """An empty account."""
    server.reset()
    return server


def tables_of(name):
    return {f"{name}-Games", f"{name}-Players", f"{name}-Sessions"}


def error(output):
    """Returns the one line in which a failed script states the reason."""
    (line,) = [line for line in output.splitlines() if line.startswith("Error: ")]
    assert output.rstrip().endswith(line), output
    return line


def test_up_and_down_can_each_run_twice(cloud):
    output = cloud.up(ALERT_EMAIL="ada@example.com")
    assert cloud.stacks() == {f"tic-tac-toe-{part}": "CREATE_COMPLETE" for part in ("tables", "role", "app")}
    assert cloud.tables() == tables_of("tic-tac-toe")
    (environment,) = cloud.environments()
    assert f"http://{environment['EnvironmentName']}" in output
    assert f"account {ACCOUNT}, region {REGION}" in output and "docs/cost.md" in output
    (first,) = cloud.bundles("tic-tac-toe")
    assert len(cloud.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]) == 1
    assert cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]

    # A second run changes nothing.
    output = cloud.up()
    assert output.count("No changes to deploy") == 3 and "This updates the deployment" in output
    assert cloud.bundles("tic-tac-toe") == [first]

    # Another bundle is a new version. Parameters that are not given and the environment stay unchanged.
    cloud.bundle.write_bytes(b"the second bundle")
    output = cloud.up()
    assert output.count("No changes to deploy") == 2
    assert cloud.stacks()["tic-tac-toe-app"] == "UPDATE_COMPLETE"
    assert len(cloud.bundles("tic-tac-toe")) == 2
    # moto does not update resources that refer to a changed one, so check the stack and not the environment.
    parameters = cloud.parameters("tic-tac-toe-app")
    assert parameters["BundleKey"] in set(cloud.bundles("tic-tac-toe")) - {first}
    assert parameters["AlertEmail"] == "ada@example.com" and "running Go" in parameters["SolutionStackName"]
    assert [one["EnvironmentName"] for one in cloud.environments()] == [environment["EnvironmentName"]]
    assert len(cloud.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]) == 1

    status, output = cloud.run("down", "--yes")
    assert status == 0, output
    assert "WITH ALL GAMES" in output and "Nothing is left." in output and BUCKET in output
    assert cloud.everything() == ({}, set(), [], [BUCKET])
    assert cloud.bundles("tic-tac-toe") == []

    # The second run has nothing to remove, and does not ask.
    status, output = cloud.run("down")
    assert status == 0 and output.count("none found") == 5 and "Nothing is left." in output, output


# The names of the second deployment's environment and application begin with those of the first's.
@pytest.mark.parametrize("other", ["game-2", "game-app-x"])
def test_a_deployment_whose_name_begins_alike_is_not_touched(cloud, other):
    cloud.up(NAME="game")
    cloud.up(NAME=other)
    cloud.client("s3").put_object(Bucket=BUCKET, Key="somebody/elses.zip", Body=b"")
    logs = cloud.client("logs")
    for environment in ("game-app", f"{other}-app"):
        logs.create_log_group(logGroupName=f"/aws/elasticbeanstalk/{environment}/var/log/web.stdout.log")
    status, output = cloud.run("down", "--yes", NAME="game")
    assert status == 0 and "Nothing is left." in output, output
    assert set(cloud.stacks()) == {f"{other}-tables", f"{other}-role", f"{other}-app"}
    assert cloud.tables() == tables_of(other)
    assert len(cloud.environments()) == 1 and len(cloud.bundles(other)) == 1
    assert cloud.client("s3").head_object(Bucket=BUCKET, Key="somebody/elses.zip")
    (group,) = logs.describe_log_groups()["logGroups"]
    assert f"/{other}-app/" in group["logGroupName"]
    status, output = cloud.run("leftovers", NAME=other)
    assert status == 1 and f"table {other}-Games" in output, output


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_without_a_yes_nothing_is_created_or_removed(cloud, answer):
    status, output = cloud.run("up", answer=answer)
    assert status == 1 and "nothing was created or changed" in error(output)
    assert cloud.everything() == ({}, set(), [], [])
    # With only the tables' stack, the script asks too.
    with (ROOT / "deploy/tables.yaml").open() as template:
        cloud.client("cloudformation").create_stack(
            StackName="tic-tac-toe-tables",
            TemplateBody=template.read(),
            Parameters=[{"ParameterKey": "TablePrefix", "ParameterValue": "tic-tac-toe-"}],
        )
    before = cloud.everything()
    status, output = cloud.run("down", answer=answer)
    assert status == 1 and "nothing was removed" in error(output)
    assert cloud.everything() == before


def test_y_means_yes(cloud):
    status, output = cloud.run("up", answer="y\n")
    assert status == 0 and cloud.tables() == tables_of("tic-tac-toe"), output
    status, output = cloud.run("down", answer="y\n")
    assert status == 0 and not cloud.tables(), output


def test_protected_tables_stay_until_the_protection_is_lifted(cloud):
    cloud.up(DELETION_PROTECTION="true")
    before = cloud.everything()
    status, output = cloud.run("down", "--yes")
    assert status == 1 and "tic-tac-toe-Games" in error(output) and "--lift-deletion-protection" in error(output)
    # Even the environment stays.
    assert cloud.everything() == before
    status, output = cloud.run("down", "--lift-deletion-protection", answer="n\n")
    assert status == 1 and cloud.everything() == before, output
    status, output = cloud.run("down", "--yes", "--lift-deletion-protection")
    assert status == 0 and "Nothing is left." in output and not cloud.tables(), output


def test_a_failed_stack_reports_the_reason_and_the_next_run_creates_it_again(cloud):
    status, output = cloud.run("up", "--yes", INSTANCE_TYPE="t3.impossible")
    assert status == 1 and "Environment: Invalid instance type: t3.impossible" in output
    assert "tic-tac-toe-app was not deployed" in error(output) and "make aws-down" in error(output)
    assert cloud.stacks()["tic-tac-toe-app"] == "ROLLBACK_COMPLETE"
    assert "failed, so it is empty: removing it" in cloud.up()
    assert cloud.stacks()["tic-tac-toe-app"] == "CREATE_COMPLETE" and len(cloud.environments()) == 1


def test_an_environment_of_another_type_is_replaced_and_keeps_its_parameters(cloud):
    certificate = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/"
    output = cloud.up(ALERT_EMAIL="ada@example.com", MONTHLY_BUDGET="20", LOG_RETENTION_DAYS="14")
    assert "one t3.micro instance, roughly 12 USD" in output
    before, single = cloud.parameters("tic-tac-toe-app"), cloud.ids()
    changes = {"ENVIRONMENT_TYPE": "LoadBalanced", "INSTANCE_TYPE": "t3.small"}
    status, output = cloud.run("up", answer="n\n", **changes)
    assert status == 1 and "WILL BE REPLACED, from SingleInstance to LoadBalanced" in output, output
    assert "Parameters: ENVIRONMENT_TYPE=LoadBalanced INSTANCE_TYPE=t3.small" in output
    assert "at least 2 t3.small instances at their price" in output and "USD a month" not in output
    assert cloud.ids() == single

    output = cloud.up(**changes)
    # The command that continues an interrupted run.
    (continuation,) = [line for line in output.splitlines() if "make aws-up NAME=tic-tac-toe" in line]
    assert "ENVIRONMENT_TYPE=LoadBalanced" in continuation and "ALERT_EMAIL=ada@example.com" in continuation and "MONTHLY_BUDGET=20" in continuation
    assert "AWS has sent a message to ada@example.com" in output
    balanced = cloud.ids()
    assert {name for name in single if single[name] != balanced[name]} == {"tic-tac-toe-app"}
    expected = before | {"EnvironmentType": "LoadBalanced", "InstanceType": "t3.small"}
    assert cloud.parameters("tic-tac-toe-app") == expected
    assert len(cloud.environments()) == 1

    # Adding a certificate, and replacing it later, keeps the environment.
    cloud.up(CERTIFICATE_ARN=f"{certificate}1", PUBLIC_URL="https://game.example")
    output = cloud.up(CERTIFICATE_ARN=f"{certificate}2")
    assert "WILL BE REPLACED" not in output and "AWS has sent" not in output
    https = {"CertificateArn": f"{certificate}2", "PublicUrl": "https://game.example"}
    assert cloud.parameters("tic-tac-toe-app") == expected | https
    assert cloud.ids() == balanced

    # A single instance cannot have a certificate.
    status, output = cloud.run("up", "--yes", ENVIRONMENT_TYPE="SingleInstance")
    assert status == 1 and "CERTIFICATE_ARN= PUBLIC_URL=" in error(output), output
    assert cloud.ids() == balanced
    cloud.up(ENVIRONMENT_TYPE="SingleInstance", CERTIFICATE_ARN="", PUBLIC_URL="")
    assert cloud.parameters("tic-tac-toe-app") == expected | {"EnvironmentType": "SingleInstance"}


def test_restored_tables_are_used_in_all_later_runs(cloud):
    cloud.up()
    status, output = cloud.run("up", "--yes", TABLE_PREFIX="restored-")
    assert status == 1 and "the table restored-Games cannot be used" in error(output), output
    dynamodb = cloud.client("dynamodb")
    for table in tables_of("restored"):
        dynamodb.create_table(
            TableName=table,
            AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
    announcement = "other tables than those of its stack: restored-Games restored-Players restored-Sessions"
    assert announcement in cloud.up(TABLE_PREFIX="restored-")
    # A later run without the parameter keeps them.
    output = cloud.up()
    assert announcement in output and output.count("No changes to deploy") == 3
    used = {part: cloud.parameters(f"tic-tac-toe-{part}")["TablePrefix"] for part in ("tables", "role", "app")}
    assert used == {"tables": "tic-tac-toe-", "role": "restored-", "app": "restored-"}
    # The deployment does not own them, so they stay.
    status, output = cloud.run("down", "--yes")
    assert status == 0 and "tables delete --database aws --table-prefix restored-" in output, output
    assert cloud.tables() == tables_of("restored")


def wrap_aws(cloud, directory, lines):
    """Returns a PATH whose `aws` runs these lines of shell before the real command."""
    wrapper = directory / "aws"
    wrapper.write_text(f'#!/bin/sh\nreal={cloud.cli.name}/aws\n{lines}\nexec "$real" "$@"\n')
    wrapper.chmod(0o755)
    return f"{directory}:{cloud.path}"


def test_warnings_of_the_cli_are_not_part_of_its_output(cloud, tmp_path):
    path = wrap_aws(cloud, tmp_path, 'echo "an unrelated warning" >&2')
    cloud.up(path=path)
    assert cloud.stacks() == {f"tic-tac-toe-{part}": "CREATE_COMPLETE" for part in ("tables", "role", "app")}
    status, output = cloud.run("down", "--yes", path=path)
    assert status == 0 and "Nothing is left." in output, output
    assert cloud.everything() == ({}, set(), [], [BUCKET])


@pytest.mark.parametrize("state", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_up_stops_while_another_operation_on_a_stack_is_running(cloud, tmp_path, state):
    path = wrap_aws(
        cloud, tmp_path, f'case "$*" in *"--stack-name tic-tac-toe-app --query Stacks[0].StackStatus "*) echo {state}; exit;; esac'
    )
    status, output = cloud.run("up", "--yes", path=path)
    assert status == 1 and state in error(output) and "wait for its end" in output
    assert cloud.everything() == ({}, set(), [], [])


def test_a_log_group_that_disappears_does_not_stop_the_removal(cloud, tmp_path):
    cloud.up()
    logs = cloud.client("logs")
    for log in ("web.stdout.log", "nginx/error.log"):
        logs.create_log_group(logGroupName=f"/aws/elasticbeanstalk/tic-tac-toe-app/var/log/{log}")
    path = wrap_aws(cloud, tmp_path, 'case "$*" in "logs delete-log-group "*error.log) "$real" "$@";; esac')
    status, output = cloud.run("down", "--yes", path=path)
    assert status == 0 and "nginx/error.log is already removed" in output and "Nothing is left." in output, output
    assert not logs.describe_log_groups()["logGroups"]


def create_leftovers(cloud):
    """Creates one resource of each kind that costs money, and returns the expected entries of the list."""
    dynamodb, ec2 = cloud.client("dynamodb"), cloud.client("ec2")
    table = {
        "AttributeDefinitions": [{"AttributeName": "Id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    tags = [{"Key": "Project", "Value": "tic-tac-toe"}]
    dynamodb.create_table(TableName="tic-tac-toe-Games-restored", **table)
    dynamodb.create_table(TableName="named-otherwise", Tags=tags, **table)
    backup = dynamodb.create_backup(TableName="tic-tac-toe-Games-restored", BackupName="monday")["BackupDetails"]
    cloud.client("logs").create_log_group(logGroupName="/aws/elasticbeanstalk/tic-tac-toe-app/var/log/web.stdout.log")
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=BUCKET, Key="tic-tac-toe/tic-tac-toe/0.1.0-0123456789ab.zip", Body=b"")
    beanstalk = cloud.client("elasticbeanstalk")
    beanstalk.create_application(ApplicationName="tic-tac-toe-app-Application-1")
    beanstalk.create_environment(ApplicationName="tic-tac-toe-app-Application-1", EnvironmentName="tic-t-Envi-1")
    beanstalk_tags = [{"Key": "elasticbeanstalk:environment-name", "Value": "tic-tac-toe-app"}]
    image = ec2.describe_images()["Images"][0]["ImageId"]
    instances = [
        ec2.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=[{"ResourceType": "instance", "Tags": one}]
        )["Instances"][0]["InstanceId"]
        for one in (tags, beanstalk_tags)
    ]
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags}])
    disk = ec2.create_volume(
        AvailabilityZone=f"{REGION}a", Size=1, TagSpecifications=[{"ResourceType": "volume", "Tags": tags}]
    )
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
    elbv2 = cloud.client("elbv2")
    balancer = elbv2.create_load_balancer(Name="awseb", Subnets=subnets, Tags=tags)["LoadBalancers"][0]
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    targets = elbv2.create_target_group(Name="awseb", Protocol="HTTP", Port=80, VpcId=vpc, Tags=tags)["TargetGroups"][0]
    group = ec2.create_security_group(
        GroupName="awseb", Description="-", VpcId=vpc, TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}]
    )
    launch = ec2.create_launch_template(
        LaunchTemplateName="awseb",
        LaunchTemplateData={"InstanceType": "t3.micro"},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": tags}],
    )["LaunchTemplate"]
    topic = cloud.client("sns").create_topic(Name="alerts", Tags=tags)
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="tic-tac-toe-app-Health-1",
        Namespace="AWS/ElasticBeanstalk",
        MetricName="EnvironmentHealth",
        Statistic="Minimum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=20,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloud.client("budgets").create_budget(
        AccountId=ACCOUNT,
        Budget={
            "BudgetName": "tic-tac-toe-app-Budget-1",
            "BudgetLimit": {"Amount": "10", "Unit": "USD"},
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
        },
    )
    cloud.client("cloudformation").create_stack(
        StackName="awseb-e-1-stack", TemplateBody='{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}', Tags=tags
    )
    return [
        ("table tic-tac-toe-Games-restored", "delete-table"),
        ("table named-otherwise", "delete-table"),
        ("backup monday of table tic-tac-toe-Games-restored", backup["BackupArn"]),
        ("log group /aws/elasticbeanstalk/tic-tac-toe-app/var/log/web.stdout.log", "delete-log-group"),
        (f"1 bundles under s3://{BUCKET}/tic-tac-toe/tic-tac-toe/", "make aws-down"),
        ("Elastic Beanstalk environment tic-t-Envi-1", "terminate-environment"),
        ("Elastic Beanstalk application tic-tac-toe-app-Application-1", "delete-application"),
        (f"EC2 instance {instances[0]}", "terminate-instances"),
        (f"EC2 instance {instances[1]}", "terminate-instances"),
        (f"public address {address['AllocationId']}", "release-address"),
        (f"disk {disk['VolumeId']}", "delete-volume"),
        (f"load balancer {balancer['LoadBalancerArn']}", "delete-load-balancer"),
        (f"target group {targets['TargetGroupArn']}", "delete-target-group"),
        (f"security group {group['GroupId']}", "delete-security-group"),
        (f"launch template {launch['LaunchTemplateId']}", "delete-launch-template"),
        (f"topic {topic['TopicArn']}", "delete-topic"),
        ("alarm tic-tac-toe-app-Health-1", "delete-alarms"),
        ("budget tic-tac-toe-app-Budget-1", "delete-budget"),
        ("stack awseb-e-1-stack", "delete-stack"),
    ]


def test_leftovers_lists_each_kind_with_the_command_that_removes_it(cloud):
    status, output = cloud.run("leftovers")
    assert status == 0 and "Nothing is left." in output, output
    created = create_leftovers(cloud)
    status, output = cloud.run("leftovers")
    assert status == 1 and "Nothing is left" not in output and "Could not be checked" not in output, output
    lines = output.splitlines()
    for what, command in created:
        places = [number for number, line in enumerate(lines) if line.startswith(f"  {what}")]
        assert len(places) == 1, f"{what}:\n{output}"
        assert command in lines[places[0] + 1], f"{what}:\n{output}"
    # Nothing else is listed: each resource has one line, and another for the command.
    listed = [line for line in lines if re.match(r"  \S", line)]
    assert len(listed) == len(created), output
    # Another deployment has no leftovers.
    status, output = cloud.run("leftovers", NAME="chess")
    assert status == 0 and "Nothing is left." in output, output


def test_deleted_resources_in_the_index_of_tags_are_not_leftovers(cloud):
    """The index of this moto server never forgets (see extended_moto.py)."""
    created = dict((what.rpartition(" ")[::2]) for what, _ in create_leftovers(cloud))
    # The script does not query this service, so it cannot tell whether the queue exists.
    queue = cloud.client("sqs").create_queue(QueueName="by-hand", tags={"Project": "tic-tac-toe"})["QueueUrl"]
    assert cloud.run("leftovers")[0] == 1
    elbv2, ec2 = cloud.client("elbv2"), cloud.client("ec2")
    elbv2.delete_load_balancer(LoadBalancerArn=created["load balancer"])
    elbv2.delete_target_group(TargetGroupArn=created["target group"])
    ec2.delete_security_group(GroupId=created["security group"])
    ec2.delete_launch_template(LaunchTemplateId=created["launch template"])
    cloud.client("sns").delete_topic(TopicArn=created["topic"])
    cloud.client("dynamodb").delete_table(TableName="named-otherwise")
    cloud.client("sqs").delete_queue(QueueUrl=queue)
    status, output = cloud.run("leftovers")
    assert status == 1 and "Could not be checked" not in output, output
    leftovers, _, only_tagged = output.partition("May still exist")
    for what in ("load balancer", "target group", "security group", "launch template", "topic", "named-otherwise"):
        assert what not in leftovers, output
    assert only_tagged.count("\n  arn:") == 1 and ":sqs:" in only_tagged and ":by-hand" in only_tagged, output


def test_down_keeps_backups_and_lists_them(cloud):
    cloud.up()
    cloud.client("dynamodb").create_backup(TableName="tic-tac-toe-Games", BackupName="before the end")
    (environment,) = cloud.environments()
    group = f"/aws/elasticbeanstalk/{environment['EnvironmentName']}/var/log/web.stdout.log"
    other = f"/aws/elasticbeanstalk/{environment['EnvironmentName']}-other/var/log/web.stdout.log"
    for name in (group, other):
        cloud.client("logs").create_log_group(logGroupName=name)
    status, output = cloud.run("down", "--yes")
    assert status == 1 and "backup before the end of table tic-tac-toe-Games" in output, output
    assert len(cloud.client("dynamodb").list_backups()["BackupSummaries"]) == 1
    assert [found["logGroupName"] for found in cloud.client("logs").describe_log_groups()["logGroups"]] == [other]


def test_every_version_of_a_bundle_is_removed(cloud):
    cloud.up()
    s3 = cloud.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    (key,) = cloud.bundles("tic-tac-toe")
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"again")
    s3.delete_object(Bucket=BUCKET, Key=key)
    status, output = cloud.run("down", "--yes")
    found = s3.list_object_versions(Bucket=BUCKET)
    assert status == 0 and not found.get("Versions") and not found.get("DeleteMarkers"), output


@pytest.mark.parametrize("script", ["up", "down", "leftovers"])
def test_missing_prerequisites_are_reported_in_one_line(cloud, script, tmp_path):
    cases = [
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "has no credentials: run \"aws configure sso\""),
        ({"REGION": None}, "no region is configured"),
        ({"NAME": "*"}, "NAME is \"*\""),
        ({"NAME": "ends-"}, "NAME is \"ends-\""),
        ({"path": path_without_aws(tmp_path)}, "the AWS CLI is missing (aws): install version 2"),
    ]
    for variables, sentence in cases:
        status, output = cloud.run(script, **variables)
        assert status == 1 and sentence in error(output), output
        assert len(output.splitlines()) == 1, output
    status, output = cloud.run(script, "--everything")
    assert status == 1 and "has no argument \"--everything\"" in error(output)
    assert cloud.everything() == ({}, set(), [], [])


WITH_CERTIFICATE = {
    "ENVIRONMENT_TYPE": "LoadBalanced",
    "CERTIFICATE_ARN": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1",
}


def path_without_aws(directory):
    """Returns a PATH with all commands of this machine except the AWS CLI."""
    for folder in os.environ["PATH"].split(os.pathsep):
        for command in Path(folder).glob("*"):
            if command.name not in ("aws", "cargo") and not (directory / command.name).is_symlink():
                (directory / command.name).symlink_to(command)
    return str(directory)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"ENVIRONMENT_TYPE": "Single"}, "set it to SingleInstance or LoadBalanced"),
        ({"PUBLIC_URL": "game.example"}, "start it with https://"),
        ({"PUBLIC_URL": "https://game.example/"}, "including the slash"),
        ({"CERTIFICATE_ARN": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1"}, f"in {REGION}"),
        ({"CERTIFICATE_ARN": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"}, "ENVIRONMENT_TYPE=LoadBalanced"),
        ({"BUNDLE": "/nowhere.zip"}, "which is not a file"),
        ({"ARCH": "arm64"}, "is for x86_64"),
        ({"TABLE_PREFIX": "a/b"}, "TABLE_PREFIX is \"a/b\""),
        ({"PUBLIC_URL": "http://game.example", **WITH_CERTIFICATE}, "PUBLIC_URL=https://"),
        (WITH_CERTIFICATE, "PUBLIC_URL=https://"),
    ],
)
def test_invalid_parameters_are_rejected_before_anything_is_created(cloud, variables, sentence):
    status, output = cloud.run("up", "--yes", **variables)
    assert status == 1 and sentence in error(output), output
    assert cloud.everything() == ({}, set(), [], [])


def test_the_region_can_come_from_the_cli(cloud):
    for variables in ({"AWS_REGION": "eu-west-1"}, {"AWS_DEFAULT_REGION": "eu-west-1"}):
        status, output = cloud.run("leftovers", REGION=None, **variables)
        assert status == 0 and "region eu-west-1" in output, output
