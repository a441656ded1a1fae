"""`make aws-up`, `make aws-down` and `make aws-leftovers` as a user runs them: the scripts themselves, the real AWS CLI,
the templates as they are, and moto's server in AWS's place (see up_down_moto.py for what is added to it).

What this does not prove: that AWS accepts the templates and that an environment comes up and serves; that the load
balancer, instances, addresses and log groups of an environment go with it; that stacks' tags reach what Elastic Beanstalk
starts (what is looked for by tag is planted by hand here); how long anything takes; AWS CLI v2, which PyPI doesn't have.
"""

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3
import pytest

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
ACCOUNT = "123456789012"
BUCKET = f"elasticbeanstalk-{REGION}-{ACCOUNT}"
# Generous: each script starts the AWS CLI dozens of times, and each start takes most of a second.
DEADLINE = 300
KEYS = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "a-secret-that-nobody-prints"}


class Cloud:
    """A moto server, and the scripts run against it."""

    def __init__(self, directory):
        self.directory = directory
        self.bundle = directory / "bundle.zip"
        self.bundle.write_bytes(b"the first bundle")
        log = directory / "moto.log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("up_down_moto.py"), "-H", "127.0.0.1", "-p", "0"],
                env={"PATH": os.environ["PATH"], "HOME": str(directory), "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        end = time.monotonic() + 60
        while not (found := re.search(r"Running on (http://127\.0\.0\.1:\d+)", log.read_text())):
            assert self.process.poll() is None and time.monotonic() < end, log.read_text()
            # A process does not tell when its file grows.
            time.sleep(0.05)
        self.url = found[1]

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def reset(self):
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST"), timeout=30).close()
        self.bundle.write_bytes(b"the first bundle")

    def client(self, service):
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.url, aws_access_key_id="AKIATEST", aws_secret_access_key="secret"
        )

    def run(self, script, *arguments, answer="", path=None, **variables):
        """Status and everything printed, with nothing of the developer's own in the environment."""
        environment = {
            # The tests' own aws comes first.
            "PATH": path or f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.directory),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "REGION": REGION,
            "BUNDLE": str(self.bundle),
            **KEYS,
            **variables,
        }
        done = subprocess.run(
            [ROOT / "scripts" / f"aws-{script}.sh", *arguments],
            env={key: value for key, value in environment.items() if value is not None},
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DEADLINE,
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
        """By which a stack can be told from one that was made anew under its name."""
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
    """The one sentence in which a script that fails says why."""
    (line,) = [line for line in output.splitlines() if line.startswith("Error: ")]
    assert output.rstrip().endswith(line), output
    return line


def test_up_and_down_and_each_again(cloud):
    output = cloud.up(ALERT_EMAIL="ada@example.com")
    assert cloud.stacks() == {f"tic-tac-toe-{part}": "CREATE_COMPLETE" for part in ("tables", "role", "app")}
    assert cloud.tables() == tables_of("tic-tac-toe")
    (environment,) = cloud.environments()
    assert f"http://{environment['EnvironmentName']}" in output
    assert f"account {ACCOUNT}, region {REGION}" in output and "docs/cost.md" in output
    (first,) = cloud.bundles("tic-tac-toe")
    assert len(cloud.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"]) == 1
    assert cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]

    # The same again changes nothing.
    output = cloud.up()
    assert output.count("No changes to deploy") == 3 and "Updates the deployment" in output
    assert cloud.bundles("tic-tac-toe") == [first]

    # Another bundle is another version; what was not named this time stays as it was, and so does the environment.
    cloud.bundle.write_bytes(b"the second bundle")
    output = cloud.up()
    assert output.count("No changes to deploy") == 2
    assert cloud.stacks()["tic-tac-toe-app"] == "UPDATE_COMPLETE"
    assert len(cloud.bundles("tic-tac-toe")) == 2
    # moto does not go on to what refers to what has changed, so not the environment but the stack is asked.
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

    # There is nothing to ask for the second time, either.
    status, output = cloud.run("down")
    assert status == 0 and output.count("nothing there") == 5 and "Nothing is left." in output, output


# The names of the second one's environment and application begin with those of the first's.
@pytest.mark.parametrize("other", ["game-2", "game-app-x"])
def test_another_deployment_whose_name_begins_alike_is_left_alone(cloud, other):
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
def test_without_a_yes_nothing_is_made_or_removed(cloud, answer):
    status, output = cloud.run("up", answer=answer)
    assert status == 1 and "nothing was made" in error(output)
    assert cloud.everything() == ({}, set(), [], [])
    # The tables' stack alone is enough to be asked about.
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


def test_a_y_is_a_yes(cloud):
    status, output = cloud.run("up", answer="y\n")
    assert status == 0 and cloud.tables() == tables_of("tic-tac-toe"), output
    status, output = cloud.run("down", answer="y\n")
    assert status == 0 and not cloud.tables(), output


def test_protected_tables_stay_until_told_twice(cloud):
    cloud.up(DELETION_PROTECTION="true")
    before = cloud.everything()
    status, output = cloud.run("down", "--yes")
    assert status == 1 and "tic-tac-toe-Games" in error(output) and "--lift-deletion-protection" in error(output)
    # Not even the environment is gone.
    assert cloud.everything() == before
    status, output = cloud.run("down", "--lift-deletion-protection", answer="n\n")
    assert status == 1 and cloud.everything() == before, output
    status, output = cloud.run("down", "--yes", "--lift-deletion-protection")
    assert status == 0 and "Nothing is left." in output and not cloud.tables(), output


def test_a_failed_stack_says_why_and_the_next_run_makes_it_anew(cloud):
    status, output = cloud.run("up", "--yes", INSTANCE_TYPE="t3.impossible")
    assert status == 1 and "Environment: Invalid instance type: t3.impossible" in output
    assert "tic-tac-toe-app was not deployed" in error(output) and "make aws-down" in error(output)
    assert cloud.stacks()["tic-tac-toe-app"] == "ROLLBACK_COMPLETE"
    assert "has been empty since: removing it" in cloud.up()
    assert cloud.stacks()["tic-tac-toe-app"] == "CREATE_COMPLETE" and len(cloud.environments()) == 1


def test_another_type_of_environment_is_made_anew_and_keeps_what_was_not_named(cloud):
    certificate = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/"
    output = cloud.up(ALERT_EMAIL="ada@example.com", MONTHLY_BUDGET="20", LOG_RETENTION_DAYS="14")
    assert "one t3.micro instance: roughly 12 USD" in output
    before, single = cloud.parameters("tic-tac-toe-app"), cloud.ids()
    wish = {"ENVIRONMENT_TYPE": "LoadBalanced", "INSTANCE_TYPE": "t3.small"}
    status, output = cloud.run("up", answer="n\n", **wish)
    assert status == 1 and "MADE ANEW, from SingleInstance to LoadBalanced" in output, output
    assert "As named: ENVIRONMENT_TYPE=LoadBalanced INSTANCE_TYPE=t3.small" in output
    assert "at least 2 t3.small instances, by their price" in output and "USD a month" not in output
    assert cloud.ids() == single

    output = cloud.up(**wish)
    # What brings everything back, should it end after the removal.
    (rescue,) = [line for line in output.splitlines() if "make aws-up NAME=tic-tac-toe" in line]
    assert "ENVIRONMENT_TYPE=LoadBalanced" in rescue and "ALERT_EMAIL=ada@example.com" in rescue and "MONTHLY_BUDGET=20" in rescue
    assert "AWS has written to ada@example.com" in output
    balanced = cloud.ids()
    assert {name for name in single if single[name] != balanced[name]} == {"tic-tac-toe-app"}
    expected = before | {"EnvironmentType": "LoadBalanced", "InstanceType": "t3.small"}
    assert cloud.parameters("tic-tac-toe-app") == expected
    assert len(cloud.environments()) == 1

    # With a certificate, and later with another one alone, it is the same environment.
    cloud.up(CERTIFICATE_ARN=f"{certificate}1", PUBLIC_URL="https://game.example")
    output = cloud.up(CERTIFICATE_ARN=f"{certificate}2")
    assert "MADE ANEW" not in output and "AWS has written" not in output
    https = {"CertificateArn": f"{certificate}2", "PublicUrl": "https://game.example"}
    assert cloud.parameters("tic-tac-toe-app") == expected | https
    assert cloud.ids() == balanced

    # The way back is not open to a certificate.
    status, output = cloud.run("up", "--yes", ENVIRONMENT_TYPE="SingleInstance")
    assert status == 1 and "CERTIFICATE_ARN= PUBLIC_URL=" in error(output), output
    assert cloud.ids() == balanced
    cloud.up(ENVIRONMENT_TYPE="SingleInstance", CERTIFICATE_ARN="", PUBLIC_URL="")
    assert cloud.parameters("tic-tac-toe-app") == expected | {"EnvironmentType": "SingleInstance"}


def test_restored_tables_are_used_once_named_and_from_then_on(cloud):
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
    said = "other tables than its own: restored-Games restored-Players restored-Sessions"
    assert said in cloud.up(TABLE_PREFIX="restored-")
    # A later run names nothing, and everybody still plays on.
    output = cloud.up()
    assert said in output and output.count("No changes to deploy") == 3
    used = {part: cloud.parameters(f"tic-tac-toe-{part}")["TablePrefix"] for part in ("tables", "role", "app")}
    assert used == {"tables": "tic-tac-toe-", "role": "restored-", "app": "restored-"}
    # They are nobody's but whoever restored them.
    status, output = cloud.run("down", "--yes")
    assert status == 0 and "tables delete --database aws --table-prefix restored-" in output, output
    assert cloud.tables() == tables_of("restored")


def around_aws(directory, lines):
    """A PATH on which `aws` does these lines of shell first and is then the real one."""
    wrapper = directory / "aws"
    wrapper.write_text(f'#!/bin/sh\nreal={Path(sys.executable).parent}/aws\n{lines}\nexec "$real" "$@"\n')
    wrapper.chmod(0o755)
    return f"{directory}:{Path(sys.executable).parent}:{os.environ['PATH']}"


def test_what_the_cli_warns_of_is_no_part_of_its_answer(cloud, tmp_path):
    path = around_aws(tmp_path, 'echo "a warning that belongs to nothing" >&2')
    cloud.up(path=path)
    assert cloud.stacks() == {f"tic-tac-toe-{part}": "CREATE_COMPLETE" for part in ("tables", "role", "app")}
    status, output = cloud.run("down", "--yes", path=path)
    assert status == 0 and "Nothing is left." in output, output
    assert cloud.everything() == ({}, set(), [], [BUCKET])


@pytest.mark.parametrize("state", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_a_stack_that_is_being_changed_is_waited_for(cloud, tmp_path, state):
    path = around_aws(
        tmp_path, f'case "$*" in *"--stack-name tic-tac-toe-app --query Stacks[0].StackStatus "*) echo {state}; exit;; esac'
    )
    status, output = cloud.run("up", "--yes", path=path)
    assert status == 1 and state in error(output) and "wait until that has ended" in output
    assert cloud.everything() == ({}, set(), [], [])


def test_a_log_group_that_goes_by_itself_does_not_end_the_removal(cloud, tmp_path):
    cloud.up()
    logs = cloud.client("logs")
    for log in ("web.stdout.log", "nginx/error.log"):
        logs.create_log_group(logGroupName=f"/aws/elasticbeanstalk/tic-tac-toe-app/var/log/{log}")
    path = around_aws(tmp_path, 'case "$*" in "logs delete-log-group "*error.log) "$real" "$@";; esac')
    status, output = cloud.run("down", "--yes", path=path)
    assert status == 0 and "nginx/error.log is gone already" in output and "Nothing is left." in output, output
    assert not logs.describe_log_groups()["logGroups"]


def plant(cloud):
    """One of each kind that costs money, as it might stay behind. The words by which each must be listed."""
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
    made = [{"Key": "elasticbeanstalk:environment-name", "Value": "tic-tac-toe-app"}]
    image = ec2.describe_images()["Images"][0]["ImageId"]
    instances = [
        ec2.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=[{"ResourceType": "instance", "Tags": one}]
        )["Instances"][0]["InstanceId"]
        for one in (tags, made)
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


def test_leftovers_names_each_kind_and_what_removes_it(cloud):
    status, output = cloud.run("leftovers")
    assert status == 0 and "Nothing is left." in output, output
    planted = plant(cloud)
    status, output = cloud.run("leftovers")
    assert status == 1 and "Nothing is left" not in output and "Could not be looked up" not in output, output
    lines = output.splitlines()
    for what, command in planted:
        places = [number for number, line in enumerate(lines) if line.startswith(f"  {what}")]
        assert len(places) == 1, f"{what}:\n{output}"
        assert command in lines[places[0] + 1], f"{what}:\n{output}"
    # And nothing else: each has a line of its own and one for the command.
    listed = [line for line in lines if re.match(r"  \S", line)]
    assert len(listed) == len(planted), output
    # Another name's business is none of ours.
    status, output = cloud.run("leftovers", NAME="chess")
    assert status == 0 and "Nothing is left." in output, output


def test_what_only_the_index_of_tags_remembers_is_not_left(cloud):
    """The index of the server here never forgets (see up_down_moto.py)."""
    planted = dict((what.rpartition(" ")[::2]) for what, _ in plant(cloud))
    # Nothing asks this service, so nobody can say whether it is there.
    queue = cloud.client("sqs").create_queue(QueueName="by-hand", tags={"Project": "tic-tac-toe"})["QueueUrl"]
    assert cloud.run("leftovers")[0] == 1
    elbv2, ec2 = cloud.client("elbv2"), cloud.client("ec2")
    elbv2.delete_load_balancer(LoadBalancerArn=planted["load balancer"])
    elbv2.delete_target_group(TargetGroupArn=planted["target group"])
    ec2.delete_security_group(GroupId=planted["security group"])
    ec2.delete_launch_template(LaunchTemplateId=planted["launch template"])
    cloud.client("sns").delete_topic(TopicArn=planted["topic"])
    cloud.client("dynamodb").delete_table(TableName="named-otherwise")
    cloud.client("sqs").delete_queue(QueueUrl=queue)
    status, output = cloud.run("leftovers")
    assert status == 1 and "Could not be looked up" not in output, output
    left, _, remembered = output.partition("May still be there")
    for what in ("load balancer", "target group", "security group", "launch template", "topic", "named-otherwise"):
        assert what not in left, output
    assert remembered.count("\n  arn:") == 1 and ":sqs:" in remembered and ":by-hand" in remembered, output


def test_down_keeps_backups_and_ends_by_listing_them(cloud):
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
def test_what_is_missing_is_said_in_one_sentence(cloud, script, tmp_path):
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
    assert status == 1 and "knows no argument \"--everything\"" in error(output)
    assert cloud.everything() == ({}, set(), [], [])


WITH_CERTIFICATE = {
    "ENVIRONMENT_TYPE": "LoadBalanced",
    "CERTIFICATE_ARN": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1",
}


def path_without_aws(directory):
    """All commands of this machine but that one."""
    for folder in os.environ["PATH"].split(os.pathsep):
        for command in Path(folder).glob("*"):
            if command.name not in ("aws", "cargo") and not (directory / command.name).is_symlink():
                (directory / command.name).symlink_to(command)
    return str(directory)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"ENVIRONMENT_TYPE": "Single"}, "take SingleInstance or LoadBalanced"),
        ({"PUBLIC_URL": "game.example"}, "begins with https://"),
        ({"PUBLIC_URL": "https://game.example/"}, "the slash too"),
        ({"CERTIFICATE_ARN": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1"}, f"in {REGION}"),
        ({"CERTIFICATE_ARN": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"}, "ENVIRONMENT_TYPE=LoadBalanced"),
        ({"BUNDLE": "/nowhere.zip"}, "which is no file"),
        ({"ARCH": "arm64"}, "made for x86_64"),
        ({"TABLE_PREFIX": "a/b"}, "TABLE_PREFIX is \"a/b\""),
        ({"PUBLIC_URL": "http://game.example", **WITH_CERTIFICATE}, "PUBLIC_URL=https://"),
        (WITH_CERTIFICATE, "PUBLIC_URL=https://"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused_before_anything_is_made(cloud, variables, sentence):
    status, output = cloud.run("up", "--yes", **variables)
    assert status == 1 and sentence in error(output), output
    assert cloud.everything() == ({}, set(), [], [])


def test_the_region_may_come_from_the_cli(cloud):
    for variables in ({"AWS_REGION": "eu-west-1"}, {"AWS_DEFAULT_REGION": "eu-west-1"}):
        status, output = cloud.run("leftovers", REGION=None, **variables)
        assert status == 0 and "region eu-west-1" in output, output
