#!/usr/bin/env bash
# Lists the resources that a deployment has left in its region and that cost money or may do so: leftovers.sh
# It changes nothing. Exit status 0: none, or only resources that may already be removed. 1: some, or some could not be
# checked. NAME and REGION select the deployment, as for up.sh.
source "$(dirname "$0")/lib.sh"
[ $# = 0 ] || unknown_argument "$1" "it takes none; NAME and REGION select the deployment."

leftovers=
only_tagged=
unchecked=
rows=

# add_leftover RESOURCE COMMAND: adds a resource and the command that removes it.
add_leftover() {
    leftovers="$leftovers  $1
      $2
"
}

# list RESOURCES COMMAND...: sets `rows` to the output of that aws command. If it fails, the resources count as unchecked.
list() {
    local resources=$1
    shift
    if try_aws "$@" --output text; then
        rows=$(printf '%s\n' "$aws_output" | sed -e '/^None$/d' -e '/^$/d')
    else
        rows=
        add_unchecked "$resources"
    fi
}

# add_unchecked RESOURCES: notes that the latest aws command failed.
add_unchecked() {
    unchecked="$unchecked  $1: $(error_message "$aws_error")
"
}

# add_if_exists RESOURCE REMOVAL COMMAND...: adds a resource from the index of tags if that aws command finds it too.
add_if_exists() {
    local resource=$1 removal=$2
    shift 2
    if try_aws "$@" --output text; then
        if [ -n "$aws_output" ]; then add_leftover "$resource" "$removal"; fi
        return
    fi
    # Each service has its own code, such as TargetGroupNotFound or InvalidGroup.NotFound.
    case $aws_error in
        *NotFound*) ;;
        *) add_unchecked "$resource" ;;
    esac
}

# belongs NAME: succeeds if the name begins with this deployment's, and not with another's that begins alike.
belongs() {
    local other
    case $1 in
        "$NAME" | "$NAME"-*) ;;
        *) return 1 ;;
    esac
    for other in $others; do
        case $1 in "$other" | "$other"-*) return 1 ;; esac
    done
}

# find_others: sets `others` to the deployments whose names begin with this one's. "game-2" is not part of "game",
# although all its names begin with "game-".
find_others() {
    local stack
    others=
    list "stacks" cloudformation describe-stacks --query "Stacks[?starts_with(StackName, '$NAME-')].[StackName]"
    for stack in $rows; do
        case $stack in
            "$TABLES_STACK" | "$ROLE_STACK" | "$APP_STACK") ;;
            *-tables | *-role | *-app) others="$others ${stack%-*}" ;;
        esac
    done
}

stacks() {
    local stack status
    list "stacks" cloudformation describe-stacks \
        --query "Stacks[?starts_with(StackName, '$NAME-') || Tags[?Key=='Project' && Value=='$NAME']].[StackName,StackStatus]"
    while IFS=$'\t' read -r stack status; do
        case $stack in
            "") ;;
            "$TABLES_STACK" | "$ROLE_STACK" | "$APP_STACK")
                add_leftover "stack $stack ($status)" "make aws-down NAME=$NAME REGION=$REGION"
                ;;
            *)
                # A tagged stack belongs to the deployment whatever its name, such as Elastic Beanstalk's stacks.
                case $stack in "$NAME"-*) belongs "$stack" || continue ;; esac
                add_leftover "stack $stack ($status)" "aws cloudformation delete-stack --region $REGION --stack-name $stack"
                ;;
        esac
    done <<<"$rows"
}

environments() {
    local environment application
    list "Elastic Beanstalk environments" elasticbeanstalk describe-environments --no-include-deleted \
        --query "Environments[?Status!='Terminated'].[EnvironmentName,ApplicationName]"
    while IFS=$'\t' read -r environment application; do
        if belongs "$environment" || belongs "$application"; then
            add_leftover "Elastic Beanstalk environment $environment" \
                "aws elasticbeanstalk terminate-environment --region $REGION --environment-name $environment"
        fi
    done <<<"$rows"
    list "Elastic Beanstalk applications" elasticbeanstalk describe-applications --query 'Applications[].[ApplicationName]'
    while IFS= read -r application; do
        if belongs "$application"; then
            add_leftover "Elastic Beanstalk application $application" \
                "aws elasticbeanstalk delete-application --region $REGION --application-name $application"
        fi
    done <<<"$rows"
}

# Elastic Beanstalk tags the resources that it creates with its environment's name.
ec2_resources() {
    local filter
    for filter in "Name=tag:Project,Values=$NAME" "Name=tag:elasticbeanstalk:environment-name,Values=$NAME,$NAME-*"; do
        ec2_resources_of_kind "EC2 instance" "EC2 instances" describe-instances "Reservations[].Instances[]" InstanceId \
            "terminate-instances --region $REGION --instance-ids" \
            "$filter" "Name=instance-state-name,Values=pending,running,stopping,stopped"
        ec2_resources_of_kind "disk" "disks" describe-volumes "Volumes[]" VolumeId \
            "delete-volume --region $REGION --volume-id" \
            "$filter" "Name=status,Values=available"
        ec2_resources_of_kind "public address" "public addresses" describe-addresses "Addresses[]" AllocationId \
            "release-address --region $REGION --allocation-id" \
            "$filter"
    done
}

# ec2_resources_of_kind SINGULAR PLURAL COMMAND PATH ID REMOVAL FILTER...: COMMAND and REMOVAL are commands of aws ec2,
# PATH is the path of the resources in COMMAND's output, ID the field that REMOVAL takes.
ec2_resources_of_kind() {
    local singular=$1 plural=$2 command=$3 path=$4 field=$5 removal=$6 id environment
    shift 6
    list "$plural" ec2 "$command" --filters "$@" \
        --query "$path.[$field,Tags[?Key=='elasticbeanstalk:environment-name']|[0].Value]"
    while IFS=$'\t' read -r id environment; do
        if is_new_and_belongs "$id" "$environment"; then add_leftover "$singular $id" "aws ec2 $removal $id"; fi
    done <<<"$rows"
}

# is_new_and_belongs ID ENVIRONMENT: succeeds if the resource is not listed yet and has no other deployment's tag.
is_new_and_belongs() {
    [ -n "$1" ] || return 1
    case $leftovers in *" $1
"*) return 1 ;; esac
    [ "$2" = None ] || [ -z "$2" ] || belongs "$2"
}

tables() {
    local table name arn
    list "tables" dynamodb list-tables --query "TableNames[?starts_with(@, '$NAME-')].[@]"
    while IFS= read -r table; do
        if belongs "$table"; then
            add_leftover "table $table" "aws dynamodb delete-table --region $REGION --table-name $table"
        fi
    done <<<"$rows"
    list "backups of tables" dynamodb list-backups \
        --query "BackupSummaries[?starts_with(TableName, '$NAME-')].[TableName,BackupName,BackupArn]"
    while IFS=$'\t' read -r table name arn; do
        if belongs "$table"; then
            add_leftover "backup $name of table $table" "aws dynamodb delete-backup --region $REGION --backup-arn $arn"
        fi
    done <<<"$rows"
}

logs() {
    local group environment
    list "log groups" logs describe-log-groups --log-group-name-prefix /aws/elasticbeanstalk/ --query 'logGroups[].[logGroupName]'
    while IFS= read -r group; do
        environment=${group#/aws/elasticbeanstalk/}
        environment=${environment%%/*}
        if belongs "$environment"; then
            add_leftover "log group $group" "aws logs delete-log-group --region $REGION --log-group-name $group"
        fi
    done <<<"$rows"
}

bundles() {
    local bucket=$1
    list "bundles" s3api list-object-versions --bucket "$bucket" --prefix "$BUNDLE_PREFIX" --query 'Versions[].[Key,VersionId]'
    if [ -n "$rows" ]; then
        add_leftover "$(printf '%s\n' "$rows" | grep -c .) bundles under s3://$bucket/$BUNDLE_PREFIX" "make aws-down NAME=$NAME REGION=$REGION"
    fi
}

alarms_and_budgets() {
    local name
    list "alarms" cloudwatch describe-alarms --alarm-name-prefix "$NAME-" --query 'MetricAlarms[].[AlarmName]'
    while IFS= read -r name; do
        if belongs "$name"; then
            add_leftover "alarm $name" "aws cloudwatch delete-alarms --region $REGION --alarm-names $name"
        fi
    done <<<"$rows"
    list "budgets" budgets describe-budgets --account-id "$ACCOUNT" --query "Budgets[?starts_with(BudgetName, '$NAME')].[BudgetName]"
    while IFS= read -r name; do
        if belongs "$name"; then
            add_leftover "budget $name" "aws budgets delete-budget --account-id $ACCOUNT --budget-name $name"
        fi
    done <<<"$rows"
}

# All other resources with the deployment's tag: load balancers, topics, resources created by hand. The index of tags
# lists removed resources for a while, so check each with its own service.
tagged() {
    local arn id
    list "tagged resources" resourcegroupstaggingapi get-resources --tag-filters "Key=Project,Values=$NAME" \
        --query 'ResourceTagMappingList[].[ResourceARN]'
    while IFS= read -r arn; do
        id=${arn##*/}
        case $arn in
            "") ;;
            # The functions above check these.
            *:cloudformation:* | *:elasticbeanstalk:* | *:ec2:*:instance/* | *:ec2:*:volume/* | *:ec2:*:elastic-ip/*) ;;
            *:dynamodb:*:table/"$NAME"-* | *:logs:*:log-group:/aws/elasticbeanstalk/* | *:cloudwatch:*:alarm:"$NAME"-*) ;;
            *:elasticloadbalancing:*:loadbalancer/app/*)
                add_if_exists "load balancer $arn" "aws elbv2 delete-load-balancer --region $REGION --load-balancer-arn $arn" \
                    elbv2 describe-load-balancers --load-balancer-arns "$arn"
                ;;
            *:elasticloadbalancing:*:targetgroup/*)
                add_if_exists "target group $arn" "aws elbv2 delete-target-group --region $REGION --target-group-arn $arn" \
                    elbv2 describe-target-groups --target-group-arns "$arn"
                ;;
            *:ec2:*:security-group/*)
                add_if_exists "security group $id" "aws ec2 delete-security-group --region $REGION --group-id $id" \
                    ec2 describe-security-groups --group-ids "$id"
                ;;
            *:ec2:*:launch-template/*)
                add_if_exists "launch template $id" "aws ec2 delete-launch-template --region $REGION --launch-template-id $id" \
                    ec2 describe-launch-templates --launch-template-ids "$id"
                ;;
            *:dynamodb:*:table/*)
                add_if_exists "table $id" "aws dynamodb delete-table --region $REGION --table-name $id" \
                    dynamodb describe-table --table-name "$id"
                ;;
            *:sns:*)
                add_if_exists "topic $arn" "aws sns delete-topic --region $REGION --topic-arn $arn" \
                    sns get-topic-attributes --topic-arn "$arn"
                ;;
            *)
                only_tagged="$only_tagged  $arn
"
                ;;
        esac
    done <<<"$rows"
}

aws_begin
say "Looking for leftovers of \"$NAME\" in account $ACCOUNT, region $REGION"
bucket=$(storage_bucket)
has_bucket=
if bucket_exists "$bucket"; then has_bucket=1; fi
find_others
stacks
environments
ec2_resources
tables
logs
if [ -n "$has_bucket" ]; then bundles "$bucket"; fi
alarms_and_budgets
tagged

if [ -n "$leftovers" ]; then
    printf 'Leftovers, each with the command that removes it:\n%s' "$leftovers"
fi
if [ -n "$unchecked" ]; then
    printf 'Could not be checked, so there may be leftovers:\n%s' "$unchecked"
fi
if [ -n "$only_tagged" ]; then
    printf 'May still exist. Only the index of tags lists these, and it is updated with a delay, so check again in an hour:\n%s' "$only_tagged"
fi
if [ -z "$leftovers$unchecked$only_tagged" ]; then
    printf 'Nothing is left.\n'
fi
if [ -n "$has_bucket" ]; then
    cat <<EOF
Kept on purpose: the bucket $bucket. Elastic Beanstalk creates it once for
a region and all its applications, and its policy forbids deleting it. An empty bucket costs nothing. If nothing else
uses Elastic Beanstalk in $REGION, remove it:
      aws s3api delete-bucket-policy --region $REGION --bucket $bucket
      aws s3 rb --region $REGION --force s3://$bucket
EOF
fi
cat <<EOF
Not checked: other regions, vaults of AWS Backup, and resources that are neither named after "$NAME" nor tagged
Project=$NAME, such as tables restored under another name. The bill shows all costs, a day later:
https://console.aws.amazon.com/billing/
EOF
[ -z "$leftovers$unchecked" ]
