"""moto's server with the additions that the scripts in deploy/aws need: python extended_moto.py -H HOST -p PORT

moto's CloudFormation supports neither Elastic Beanstalk nor budgets and alarms, and it never fails. Its Elastic Beanstalk
has no storage bucket. This module adds just enough for the unchanged templates and scripts: names, existence, addresses.
An environment runs nothing, and its settings are not validated. The one exception is the instance type "t3.impossible",
which fails as on AWS, with an event that states the reason and a rollback. The index of tags includes launch templates,
and it keeps listing deleted resources, as that of AWS does for a while.
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
    """A resource in a stack. `Ref` in a template returns its `physical_resource_id`."""

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
    """A type of resource, in place of moto's own class for it."""

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
    # Like Elastic Beanstalk, fail if the object does not exist.
    if s3_backends[account]["aws"].get_object(bundle["S3Bucket"], bundle["S3Key"]) is None:
        raise ValueError(f"Unable to download from S3 location {bundle}")
    return Resource(name, lambda: None)


def environment(name, properties, account, region):
    name = properties.get("EnvironmentName", name)
    # AWS omits list items that are AWS::NoValue; moto leaves None.
    options = [option for option in properties.get("OptionSettings", []) if option]
    if "t3.impossible" in [option["Value"] for option in options]:
        raise ValueError("Invalid instance type: t3.impossible")
    owner = elasticbeanstalk.eb_backends[account][region].applications[properties["ApplicationName"]]
    made = owner.create_environment(name, properties["SolutionStackName"], {})
    made.version_label = properties["VersionLabel"]
    # On AWS, EndpointURL is the load balancer's name or the instance's address.
    endpoint = f"{name}.{region}.elasticbeanstalk.example"
    return Resource(name, lambda: owner.environments.pop(name, None), EndpointURL=endpoint)


def budget(name, properties, account, _region):
    definition = {"BudgetName": name, **properties["Budget"]}
    name = definition["BudgetName"]
    backend = budgets_backends[account]["aws"]
    backend.create_budget(account, definition, properties.get("NotificationsWithSubscribers", []))
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


# The types in the templates.
KINDS = {
    "AWS::ElasticBeanstalk::Application": Kind(application),
    "AWS::ElasticBeanstalk::ApplicationVersion": Kind(application_version),
    "AWS::ElasticBeanstalk::Environment": Kind(environment),
    "AWS::Budgets::Budget": Kind(budget),
    "AWS::CloudWatch::Alarm": Kind(alarm),
}


def create_storage_location(self):
    """Like Elastic Beanstalk, create the bucket once and return the same one each time."""
    bucket = f"elasticbeanstalk-{self.region}-{self.current_account}"
    if bucket not in s3_backends[self.current_account]["aws"].buckets:
        s3_backends[self.current_account]["aws"].create_bucket(bucket, self.region)
    return ActionResult({"S3Bucket": bucket})


original_create_change_set = cloudformation.CloudFormationBackend.create_change_set
original_execute_change_set = cloudformation.CloudFormationBackend.execute_change_set


def create_change_set(self, *arguments, parameters, **rest):
    """Fails for a change set without changes, as AWS does. moto compares a previous value with its text, which differ."""
    texts = {key: str(value) for key, value in parameters.items()}
    return original_create_change_set(self, *arguments, parameters=texts, **rest)


def execute_change_set(self, change_set_name, stack_name=None):
    """Turns an error of moto into a rollback, with the reason in the stack's events."""
    (change_set,) = [c for c in self.change_sets.values() if change_set_name in (c.change_set_id, c.change_set_name)]
    stack = self.stacks[change_set.stack_id]
    try:
        original_execute_change_set(self, change_set_name, stack_name)
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
    # moto does not evaluate the outputs of a stack from a change set.
    stack._parse_template()
    stack.parameters = {key: str(value) for key, value in stack.stack_parameters.items()}
    stack.resource_map.input_parameters = stack.parameters
    stack.output_map = stack._create_output_map()


original_get_resources = ResourceGroupsTaggingAPIBackend._get_resources_generator


def get_resources_with_deleted(self, *arguments, **filters):
    # Stored in the backend, so that a reset clears it.
    known = self.__dict__.setdefault("known_resources", {}).setdefault(str((arguments, filters)), {})
    known.update((resource.arn, resource) for resource in original_get_resources(self, *arguments, **filters))
    matches = make_tag_matcher(filters["tag_filters"])
    for template in ec2_backends[self.account_id][self.region_name].launch_templates.values():
        arn = f"arn:aws:ec2:{self.region_name}:{self.account_id}:launch-template/{template.id}"
        tags = {tag["key"]: tag["value"] for tag in template.get_tags()}
        if matches(tags):
            known[arn] = TaggedResource(arn, tags, "ec2:launch-template")
    yield from list(known.values())


if __name__ == "__main__":
    # moto creates this map once and caches it.
    get_model_map().update(KINDS)
    ResourceGroupsTaggingAPIBackend._get_resources_generator = get_resources_with_deleted
    EBResponse.create_storage_location = create_storage_location
    CloudFormationResponse._validate_different_update = lambda *_: None
    cloudformation.CloudFormationBackend.create_change_set = create_change_set
    cloudformation.CloudFormationBackend.execute_change_set = execute_change_set
    main()
