"""moto's server with what aws-up.sh and aws-down.sh need and moto lacks: python up_down_moto.py -H HOST -p PORT

moto's Elastic Beanstalk cannot be reached through CloudFormation and has no storage bucket; neither has CloudFormation in
moto budgets and alarms, or a way to fail. So that the templates are deployed as they are, these are added here, as
thinly as the scripts can tell: names, existence, addresses. An environment runs nothing, and nothing of its settings is
checked, except that an instance type called "t3.impossible" fails as a real one would: by an event that gives the reason,
and a rollback. The index of tags knows launch templates, and remembers what it once has named, as AWS's does for a while.
"""

import logging

from moto.budgets.models import budgets_backends
from moto.cloudformation import models as cloudformation
from moto.cloudformation.parsing import get_model_map
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.resource_tagging import TaggedResource, make_tag_matcher
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.elasticbeanstalk import models as elasticbeanstalk
from moto.elasticbeanstalk.responses import EBResponse
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend
from moto.s3.models import s3_backends
from moto.server import main


class Resource:
    """One in a stack. `physical_resource_id` is the name by which a template refers to it."""

    def __init__(self, name, remove, **attributes):
        self.physical_resource_id = name
        self.remove = remove
        self.attributes = attributes

    def is_created(self):
        return True

    def get_cfn_attribute(self, attribute):
        return self.attributes[attribute]

    def delete(self, _account, _region):
        self.remove()


class Kind:
    """One kind of resource, in the place of the class that moto would have for it."""

    def __init__(self, make):
        self.make = make

    def has_cfn_attr(self, _attribute):
        return True

    def create_from_cloudformation_json(self, resource_name, cloudformation_json, account_id, region_name, **_rest):
        return self.make(resource_name, cloudformation_json["Properties"], account_id, region_name)

    def update_from_cloudformation_json(
        self, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        original_resource.remove()
        return self.make(new_resource_name, cloudformation_json["Properties"], account_id, region_name)


def application(name, properties, account, region):
    name = properties.get("ApplicationName", name)
    backend = elasticbeanstalk.eb_backends[account][region]
    backend.create_application(name)
    return Resource(name, lambda: backend.delete_application(name))


def application_version(name, properties, account, _region):
    bundle = properties["SourceBundle"]
    # Raises where there is no such object, as Elastic Beanstalk does.
    if s3_backends[account]["aws"].get_object(bundle["S3Bucket"], bundle["S3Key"]) is None:
        raise ValueError(f"Unable to download from S3 location {bundle}")
    return Resource(name, lambda: None)


def environment(name, properties, account, region):
    name = properties.get("EnvironmentName", name)
    # AWS leaves out what a template says is AWS::NoValue; moto leaves None in a list.
    options = [option for option in properties.get("OptionSettings", []) if option]
    if "t3.impossible" in [option["Value"] for option in options]:
        raise ValueError("Invalid instance type: t3.impossible")
    owner = elasticbeanstalk.eb_backends[account][region].applications[properties["ApplicationName"]]
    made = owner.create_environment(name, properties["SolutionStackName"], {})
    made.version_label = properties["VersionLabel"]
    # The contents of EndpointURL differ on AWS: a load balancer's name, or an address.
    endpoint = f"{name}.{region}.elasticbeanstalk.example"
    return Resource(name, lambda: owner.environments.pop(name, None), EndpointURL=endpoint)


def budget(name, properties, account, _region):
    wanted = {"BudgetName": name, **properties["Budget"]}
    name = wanted["BudgetName"]
    backend = budgets_backends[account]["aws"]
    backend.create_budget(account, wanted, properties.get("NotificationsWithSubscribers", []))
    return Resource(name, lambda: backend.delete_budget(account, name))


def alarm(name, properties, account, region):
    name = properties.get("AlarmName", name)
    backend = cloudwatch_backends[account][region]
    backend.put_metric_alarm(
        name=name,
        namespace=properties.get("Namespace"),
        metric_name=properties.get("MetricName"),
        comparison_operator=properties["ComparisonOperator"],
        evaluation_periods=int(properties["EvaluationPeriods"]),
        period=int(properties.get("Period", 60)),
        threshold=float(properties["Threshold"]),
        statistic=properties.get("Statistic"),
        description=properties.get("AlarmDescription"),
        dimensions=[],
        alarm_actions=properties.get("AlarmActions", []),
    )
    return Resource(name, lambda: backend.delete_alarms([name]))


# What a template calls each, and what makes one.
KINDS = {
    "AWS::ElasticBeanstalk::Application": Kind(application),
    "AWS::ElasticBeanstalk::ApplicationVersion": Kind(application_version),
    "AWS::ElasticBeanstalk::Environment": Kind(environment),
    "AWS::Budgets::Budget": Kind(budget),
    "AWS::CloudWatch::Alarm": Kind(alarm),
}


def create_storage_location(self):
    """As Elastic Beanstalk does it: the same bucket, however often it is asked."""
    bucket = f"elasticbeanstalk-{self.region}-{self.current_account}"
    if bucket not in s3_backends[self.current_account]["aws"].buckets:
        s3_backends[self.current_account]["aws"].create_bucket(bucket, self.region)
    return ActionResult({"S3Bucket": bucket})


make_change_set = cloudformation.CloudFormationBackend.create_change_set
apply_change_set = cloudformation.CloudFormationBackend.execute_change_set


def create_change_set(self, *arguments, parameters, **rest):
    """A change set without changes fails, as on AWS; moto would compare a previous value with its text."""
    texts = {key: str(value) for key, value in parameters.items()}
    return make_change_set(self, *arguments, parameters=texts, **rest)


def execute_change_set(self, change_set_name, stack_name=None):
    """Where moto would answer with an error, the stack is rolled back and its events say why."""
    (change_set,) = [c for c in self.change_sets.values() if change_set_name in (c.change_set_id, c.change_set_name)]
    stack = self.stacks[change_set.stack_id]
    try:
        apply_change_set(self, change_set_name, stack_name)
    except Exception as problem:
        logging.exception("the change set of %s failed", stack.name)
        kind = change_set.change_set_type
        stack._add_stack_event(f"{kind}_FAILED", resource_status_reason=str(problem))
        stack.events[-1].logical_resource_id = "Environment"
        stack._add_stack_event("ROLLBACK_IN_PROGRESS", resource_status_reason="The following resource(s) failed")
        if kind == "CREATE":
            stack.resource_map.delete()
        stack.status = "ROLLBACK_COMPLETE" if kind == "CREATE" else "UPDATE_ROLLBACK_COMPLETE"
        return
    # moto knows no outputs of a stack that came from a change set.
    stack._parse_template()
    stack.parameters = {key: str(value) for key, value in stack.stack_parameters.items()}
    stack.resource_map.input_parameters = stack.parameters
    stack.output_map = stack._create_output_map()


look_for_tags = ResourceGroupsTaggingAPIBackend._get_resources_generator


def remember_tags(self, *arguments, **filters):
    # Of this backend, so that a reset forgets it.
    known = self.__dict__.setdefault("remembered", {}).setdefault(str((arguments, filters)), {})
    known.update((resource.arn, resource) for resource in look_for_tags(self, *arguments, **filters))
    wanted = make_tag_matcher(filters["tag_filters"])
    for template in ec2_backends[self.account_id][self.region_name].launch_templates.values():
        arn = f"arn:aws:ec2:{self.region_name}:{self.account_id}:launch-template/{template.id}"
        tags = {tag["key"]: tag["value"] for tag in template.get_tags()}
        if wanted(tags):
            known[arn] = TaggedResource(arn, tags, "ec2:launch-template")
    yield from list(known.values())


if __name__ == "__main__":
    # moto makes this map once and keeps it.
    get_model_map().update(KINDS)
    ResourceGroupsTaggingAPIBackend._get_resources_generator = remember_tags
    EBResponse.create_storage_location = create_storage_location
    CloudFormationResponse._validate_different_update = lambda *_: None
    cloudformation.CloudFormationBackend.create_change_set = create_change_set
    cloudformation.CloudFormationBackend.execute_change_set = execute_change_set
    main()
