#!/usr/bin/env bash
# Lists what a deployment has left in its region that costs money or could: aws-leftovers.sh
# Exits 0 if there is nothing, or only what may be a memory; 1 if there is something, or something could not be looked up.
# NAME and REGION say which deployment, as for aws-up.sh. It changes nothing.
source "$(dirname "$0")/aws-lib.sh"
[ $# = 0 ] || unknown_argument "$1" "it takes none; NAME and REGION say which deployment."

left=
remembered=
unseen=
rows=

# left_over WHAT COMMAND: notes a thing that is there, and what removes it.
left_over() {
    left="$left  $1
      $2
"
}

# look WHAT COMMAND...: `rows` becomes what that aws command prints. A look that fails proves nothing, so it is noted.
look() {
    local what=$1
    shift
    if attempt "$@" --output text; then
        rows=$(printf '%s\n' "$answer" | sed -e '/^None$/d' -e '/^$/d')
    else
        rows=
        not_seen "$what"
    fi
}

# not_seen WHAT: notes that the latest attempt has failed.
not_seen() {
    unseen="$unseen  $1: $(reason "$complaint")
"
}

# left_if_there WHAT REMOVAL LOOK...: notes a thing that the index of tags names, if that aws command finds it too.
left_if_there() {
    local what=$1 removal=$2
    shift 2
    if attempt "$@" --output text; then
        if [ -n "$answer" ]; then left_over "$what" "$removal"; fi
        return
    fi
    # Each service has its own word, such as TargetGroupNotFound or InvalidGroup.NotFound; this is in all of them.
    case $complaint in
        *NotFound*) ;;
        *) not_seen "$what" ;;
    esac
}

# ours NAME: whether that name begins with this deployment's and with no other's that begins alike.
ours() {
    local other
    case $1 in
        "$NAME" | "$NAME"-*) ;;
        *) return 1 ;;
    esac
    for other in $others; do
        case $1 in "$other" | "$other"-*) return 1 ;; esac
    done
}

# find_others: "game-2" is another deployment than "game", though all its names begin with "game-".
find_others() {
    local stack
    others=
    look "stacks" cloudformation describe-stacks --query "Stacks[?starts_with(StackName, '$NAME-')].[StackName]"
    for stack in $rows; do
        case $stack in
            "$TABLES_STACK" | "$ROLE_STACK" | "$APP_STACK") ;;
            *-tables | *-role | *-app) others="$others ${stack%-*}" ;;
        esac
    done
}

stacks() {
    local stack status
    look "stacks" cloudformation describe-stacks \
        --query "Stacks[?starts_with(StackName, '$NAME-') || Tags[?Key=='Project' && Value=='$NAME']].[StackName,StackStatus]"
    while IFS=$'\t' read -r stack status; do
        case $stack in
            "") ;;
            "$TABLES_STACK" | "$ROLE_STACK" | "$APP_STACK")
                left_over "stack $stack ($status)" "make aws-down NAME=$NAME REGION=$REGION"
                ;;
            *)
                # What is tagged is ours whatever its name, as the stacks that Elastic Beanstalk makes.
                case $stack in "$NAME"-*) ours "$stack" || continue ;; esac
                left_over "stack $stack ($status)" "aws cloudformation delete-stack --region $REGION --stack-name $stack"
                ;;
        esac
    done <<<"$rows"
}

environments() {
    local environment application
    look "Elastic Beanstalk environments" elasticbeanstalk describe-environments --no-include-deleted \
        --query "Environments[?Status!='Terminated'].[EnvironmentName,ApplicationName]"
    while IFS=$'\t' read -r environment application; do
        if ours "$environment" || ours "$application"; then
            left_over "Elastic Beanstalk environment $environment" \
                "aws elasticbeanstalk terminate-environment --region $REGION --environment-name $environment"
        fi
    done <<<"$rows"
    look "Elastic Beanstalk applications" elasticbeanstalk describe-applications --query 'Applications[].[ApplicationName]'
    while IFS= read -r application; do
        if ours "$application"; then
            left_over "Elastic Beanstalk application $application" \
                "aws elasticbeanstalk delete-application --region $REGION --application-name $application"
        fi
    done <<<"$rows"
}

# What Elastic Beanstalk starts bears the tags of its environment.
machines() {
    local filter
    for filter in "Name=tag:Project,Values=$NAME" "Name=tag:elasticbeanstalk:environment-name,Values=$NAME,$NAME-*"; do
        machines_of_a_kind "EC2 instance" "EC2 instances" describe-instances "Reservations[].Instances[]" InstanceId \
            "terminate-instances --region $REGION --instance-ids" \
            "$filter" "Name=instance-state-name,Values=pending,running,stopping,stopped"
        machines_of_a_kind "disk" "disks" describe-volumes "Volumes[]" VolumeId \
            "delete-volume --region $REGION --volume-id" \
            "$filter" "Name=status,Values=available"
        machines_of_a_kind "public address" "public addresses" describe-addresses "Addresses[]" AllocationId \
            "release-address --region $REGION --allocation-id" \
            "$filter"
    done
}

# machines_of_a_kind ONE MANY COMMAND LIST ID REMOVAL FILTER...: both commands are of aws ec2; LIST is where the answer
# has them, ID the field that REMOVAL takes.
machines_of_a_kind() {
    local one=$1 many=$2 command=$3 list=$4 field=$5 removal=$6 id owner
    shift 6
    look "$many" ec2 "$command" --filters "$@" \
        --query "$list.[$field,Tags[?Key=='elasticbeanstalk:environment-name']|[0].Value]"
    while IFS=$'\t' read -r id owner; do
        if not_anothers "$id" "$owner"; then left_over "$one $id" "aws ec2 $removal $id"; fi
    done <<<"$rows"
}

# not_anothers ID ENVIRONMENT: for a row that was found by a tag.
not_anothers() {
    [ -n "$1" ] || return 1
    case $left in *" $1
"*) return 1 ;; esac
    [ "$2" = None ] || [ -z "$2" ] || ours "$2"
}

tables() {
    local table name arn
    look "tables" dynamodb list-tables --query "TableNames[?starts_with(@, '$NAME-')].[@]"
    while IFS= read -r table; do
        if ours "$table"; then
            left_over "table $table" "aws dynamodb delete-table --region $REGION --table-name $table"
        fi
    done <<<"$rows"
    look "backups of tables" dynamodb list-backups \
        --query "BackupSummaries[?starts_with(TableName, '$NAME-')].[TableName,BackupName,BackupArn]"
    while IFS=$'\t' read -r table name arn; do
        if ours "$table"; then
            left_over "backup $name of table $table" "aws dynamodb delete-backup --region $REGION --backup-arn $arn"
        fi
    done <<<"$rows"
}

logs() {
    local group environment
    look "log groups" logs describe-log-groups --log-group-name-prefix /aws/elasticbeanstalk/ --query 'logGroups[].[logGroupName]'
    while IFS= read -r group; do
        environment=${group#/aws/elasticbeanstalk/}
        environment=${environment%%/*}
        if ours "$environment"; then
            left_over "log group $group" "aws logs delete-log-group --region $REGION --log-group-name $group"
        fi
    done <<<"$rows"
}

bundles() {
    local bucket=$1
    look "bundles" s3api list-object-versions --bucket "$bucket" --prefix "$BUNDLE_PREFIX" --query 'Versions[].[Key,VersionId]'
    if [ -n "$rows" ]; then
        left_over "$(printf '%s\n' "$rows" | grep -c .) bundles under s3://$bucket/$BUNDLE_PREFIX" "make aws-down NAME=$NAME REGION=$REGION"
    fi
}

alarms_and_budgets() {
    local name
    look "alarms" cloudwatch describe-alarms --alarm-name-prefix "$NAME-" --query 'MetricAlarms[].[AlarmName]'
    while IFS= read -r name; do
        if ours "$name"; then
            left_over "alarm $name" "aws cloudwatch delete-alarms --region $REGION --alarm-names $name"
        fi
    done <<<"$rows"
    look "budgets" budgets describe-budgets --account-id "$ACCOUNT" --query "Budgets[?starts_with(BudgetName, '$NAME')].[BudgetName]"
    while IFS= read -r name; do
        if ours "$name"; then
            left_over "budget $name" "aws budgets delete-budget --account-id $ACCOUNT --budget-name $name"
        fi
    done <<<"$rows"
}

# Whatever else bears our tag: load balancers, topics, what was added by hand. The index of tags remembers for a while
# what has been removed, so each thing is asked for at its own service.
tagged() {
    local arn id
    look "tagged resources" resourcegroupstaggingapi get-resources --tag-filters "Key=Project,Values=$NAME" \
        --query 'ResourceTagMappingList[].[ResourceARN]'
    while IFS= read -r arn; do
        id=${arn##*/}
        case $arn in
            "") ;;
            # Looked at above.
            *:cloudformation:* | *:elasticbeanstalk:* | *:ec2:*:instance/* | *:ec2:*:volume/* | *:ec2:*:elastic-ip/*) ;;
            *:dynamodb:*:table/"$NAME"-* | *:logs:*:log-group:/aws/elasticbeanstalk/* | *:cloudwatch:*:alarm:"$NAME"-*) ;;
            *:elasticloadbalancing:*:loadbalancer/app/*)
                left_if_there "load balancer $arn" "aws elbv2 delete-load-balancer --region $REGION --load-balancer-arn $arn" \
                    elbv2 describe-load-balancers --load-balancer-arns "$arn"
                ;;
            *:elasticloadbalancing:*:targetgroup/*)
                left_if_there "target group $arn" "aws elbv2 delete-target-group --region $REGION --target-group-arn $arn" \
                    elbv2 describe-target-groups --target-group-arns "$arn"
                ;;
            *:ec2:*:security-group/*)
                left_if_there "security group $id" "aws ec2 delete-security-group --region $REGION --group-id $id" \
                    ec2 describe-security-groups --group-ids "$id"
                ;;
            *:ec2:*:launch-template/*)
                left_if_there "launch template $id" "aws ec2 delete-launch-template --region $REGION --launch-template-id $id" \
                    ec2 describe-launch-templates --launch-template-ids "$id"
                ;;
            *:dynamodb:*:table/*)
                left_if_there "table $id" "aws dynamodb delete-table --region $REGION --table-name $id" \
                    dynamodb describe-table --table-name "$id"
                ;;
            *:sns:*)
                left_if_there "topic $arn" "aws sns delete-topic --region $REGION --topic-arn $arn" \
                    sns get-topic-attributes --topic-arn "$arn"
                ;;
            *)
                remembered="$remembered  $arn
"
                ;;
        esac
    done <<<"$rows"
}

aws_begin
say "Looking for what \"$NAME\" has left in account $ACCOUNT, region $REGION"
bucket=$(storage_bucket)
bucket_is_there=
if bucket_exists "$bucket"; then bucket_is_there=1; fi
find_others
stacks
environments
machines
tables
logs
if [ -n "$bucket_is_there" ]; then bundles "$bucket"; fi
alarms_and_budgets
tagged

if [ -n "$left" ]; then
    printf 'Left, and what removes it:\n%s' "$left"
fi
if [ -n "$unseen" ]; then
    printf 'Could not be looked up, so there may be some:\n%s' "$unseen"
fi
if [ -n "$remembered" ]; then
    printf 'May still be there: ask again in an hour. Only the index of tags names these, and it forgets slowly:\n%s' "$remembered"
fi
if [ -z "$left$unseen$remembered" ]; then
    printf 'Nothing is left.\n'
fi
if [ -n "$bucket_is_there" ]; then
    cat <<EOF
Stays by design: the bucket $bucket, which Elastic Beanstalk makes once
for a region and all its applications, and whose policy forbids its removal. Empty, it costs nothing. If nothing else
uses Elastic Beanstalk in $REGION:
      aws s3api delete-bucket-policy --region $REGION --bucket $bucket
      aws s3 rb --region $REGION --force s3://$bucket
EOF
fi
cat <<EOF
Not found by this: other regions, what neither is named after "$NAME" nor bears the tag Project=$NAME (such as tables restored
under another name), AWS Backup's vaults. The bill has the last word, a day later: https://console.aws.amazon.com/billing/
EOF
[ -z "$left$unseen" ]
