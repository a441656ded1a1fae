#!/usr/bin/env bash
# Puts the application on AWS, or a new version of it over the old one: aws-up.sh [--yes]
# It asks first; --yes or YES=1 answers. These variables say which deployment:
#   NAME     its name (tic-tac-toe)
#   REGION   where; otherwise the AWS CLI's own region
# The others, which say what it shall be like, such as ENVIRONMENT_TYPE, are listed in aws-wishes.sh.
source "$(dirname "$0")/aws-lib.sh"
source "$(dirname "$0")/aws-wishes.sh"

for argument in "$@"; do
    case $argument in
        --yes) YES=1 ;;
        *) unknown_argument "$argument" "it takes only --yes; what is wanted is said by variables, such as make aws-up NAME=$NAME." ;;
    esac
done

# check_stack STACK STATUS: stops where its state allows no deployment.
check_stack() {
    case $2 in
        REVIEW_IN_PROGRESS) ;;
        *_IN_PROGRESS)
            die "the stack $1 is being changed at this moment ($2): wait until that has ended (aws cloudformation describe-stacks --stack-name $1), then run this again."
            ;;
        ROLLBACK_FAILED | DELETE_FAILED)
            die "the stack $1 is half removed ($2): remove the rest with \"make aws-down NAME=$NAME REGION=$REGION\", then run this again."
            ;;
        UPDATE_ROLLBACK_FAILED)
            die "the stack $1 could not go back to what it was ($2): run \"aws cloudformation continue-update-rollback --stack-name $1 --region $REGION\", then run this again."
            ;;
    esac
}

# unless_empty STATUS: that status, or nothing where a stack in that state holds nothing and is made anew.
unless_empty() {
    case $1 in
        ROLLBACK_COMPLETE | REVIEW_IN_PROGRESS) ;;
        *) printf '%s\n' "$1" ;;
    esac
}

# cost: what runs whether anybody plays or not. t3.micro with its disk and public addresses; the reckoning is in docs/cost.md.
cost() {
    case ${ENVIRONMENT_TYPE:-SingleInstance},${INSTANCE_TYPE:-t3.micro},${MIN_INSTANCES:-2} in
        SingleInstance,t3.micro,*) echo "one t3.micro instance: roughly 12 USD a month in us-east-1" ;;
        LoadBalanced,t3.micro,2) echo "a load balancer and two t3.micro instances: roughly 60 USD a month in us-east-1" ;;
        SingleInstance,*) echo "one ${INSTANCE_TYPE} instance, by its price" ;;
        *) echo "a load balancer and at least ${MIN_INSTANCES:-2} ${INSTANCE_TYPE:-t3.micro} instances, by their price" ;;
    esac
}

announce() {
    if [ -n "$app_status" ]; then
        say "Updates the deployment \"$NAME\" in account $ACCOUNT, region $REGION"
    else
        say "Makes the deployment \"$NAME\" in account $ACCOUNT, region $REGION"
    fi
    cat <<EOF
      tables       ${TABLES// /, } (stack $TABLES_STACK)
      permissions  roles for the instances and for Elastic Beanstalk (stack $ROLE_STACK)
      application  an Elastic Beanstalk environment, ${ENVIRONMENT_TYPE:-SingleInstance} (stack $APP_STACK)
      bundle       s3://$(storage_bucket)/$BUNDLE_PREFIX
EOF
    # They may have been inherited from the shell.
    if [ -n "$named" ]; then printf '    As named:%s\n' "$named"; fi
    if [ "$TABLE_PREFIX" != "$NAME-" ]; then
        printf '    It uses other tables than its own: %s (TABLE_PREFIX). No stack has them; aws-down leaves them.\n' "$(used_tables)"
    fi
    if [ -n "$made_anew" ]; then
        cat <<EOF
    THE ENVIRONMENT IS MADE ANEW, from $old_type to $ENVIRONMENT_TYPE, as Elastic Beanstalk cannot change its load balancer:
    the game is away for ten to twenty minutes and has another address after that. Tables, roles and bundle stay.
EOF
    fi
    cat <<EOF
    Cost: $(cost) for as long as it is there,
    and the tables, by request or by unit. A free tier or credits may cover it. See docs/cost.md.
EOF
    if [ -z "${ALERT_EMAIL:-}" ] && [ -z "$app_status" ]; then
        printf '    Without ALERT_EMAIL=you@example.com there is no budget and no alarm: nobody tells you what it costs.\n'
    fi
}

find_bundle() {
    bundle=${BUNDLE:-$(bundle_file)}
    if [ -z "${BUNDLE:-}" ]; then
        scripts/bundle.sh
        [ -f "$bundle" ] || die "scripts/bundle.sh left no $bundle."
    fi
    # The name follows the content: an unchanged bundle changes nothing, any other becomes a new version.
    local checksum
    if command -v sha256sum >/dev/null; then checksum=$(sha256sum <"$bundle"); else checksum=$(shasum -a 256 <"$bundle"); fi
    label=$(project_version)-$(printf '%s' "$checksum" | cut -c 1-12)
}

upload_bundle() {
    bucket=$(aws elasticbeanstalk create-storage-location --query S3Bucket --output text) ||
        die "Elastic Beanstalk gave no bucket for the bundle, for the reason above."
    key=$BUNDLE_PREFIX$label.zip
    if aws s3api head-object --bucket "$bucket" --key "$key" --expected-bucket-owner "$ACCOUNT" >/dev/null 2>&1; then
        say "The bundle is there already: s3://$bucket/$key"
        return
    fi
    say "Uploading the bundle to s3://$bucket/$key"
    aws s3api put-object --bucket "$bucket" --key "$key" --body "$bundle" --expected-bucket-owner "$ACCOUNT" >/dev/null ||
        die "the bundle could not be uploaded, for the reason above."
}

# deploy STACK TEMPLATE PARAMETER=VALUE...
deploy() {
    local stack=$1 template=$2 status
    shift 2
    status=$(stack_status "$stack")
    if [ "$status" = ROLLBACK_COMPLETE ]; then
        say "The stack $stack failed when it was first made, and has been empty since: removing it"
        remove_stack "$stack"
    fi
    if ! aws cloudformation deploy --stack-name "$stack" --template-file "$template" --no-fail-on-empty-changeset \
        --capabilities CAPABILITY_IAM --tags "Project=$NAME" --parameter-overrides "$@"; then
        failed_events "$stack" >&2
        if [ "$stack" = "$APP_STACK" ]; then environment_events >&2; fi
        die "the stack $stack was not deployed, for the reasons above; once they are mended, run this again (or remove everything: make aws-down NAME=$NAME REGION=$REGION)."
    fi
}

# What Elastic Beanstalk itself says is closer to the cause than what CloudFormation makes of it.
environment_events() {
    aws elasticbeanstalk describe-events --environment-name "$ENVIRONMENT" --severity WARN --max-records 10 \
        --no-paginate --output text --query 'Events[].[EventDate,Message]' 2>/dev/null | sed 's/^/  /' || true
}

deploy_tables() {
    local parameters=("TablePrefix=$NAME-")
    wish_for "$TABLES_WISHES"
    say "Tables (stack $TABLES_STACK), a minute or so"
    deploy "$TABLES_STACK" deploy/tables.yaml "${parameters[@]}"
}

deploy_role() {
    local parameters=()
    wish_for "$ROLE_WISHES"
    say "Roles (stack $ROLE_STACK), two minutes or so"
    deploy "$ROLE_STACK" deploy/role.yaml "${parameters[@]}"
}

deploy_application() {
    local profile service_role parameters
    profile=$(stack_output "$ROLE_STACK" InstanceProfile)
    service_role=$(stack_output "$ROLE_STACK" ServiceRole)
    parameters=("TablePrefix=$TABLE_PREFIX" "BundleBucket=$bucket" "BundleKey=$key"
        "InstanceProfile=$profile" "ServiceRole=$service_role")
    # Only at first: another platform would mean another environment with another address. Elastic Beanstalk's
    # managed updates keep the platform of an environment current.
    if [ -n "$platform" ]; then parameters+=("SolutionStackName=$platform"); fi
    wish_for "$APP_WISHES"
    if [ -n "$made_anew" ]; then remove_environment; fi
    say "Application $label (stack $APP_STACK), five to ten minutes"
    deploy "$APP_STACK" deploy/application.yaml "${parameters[@]}"
}

# What it had is passed on from here; were this run to end now, nobody else would know it.
remove_environment() {
    say "Application: removing the $old_type environment (stack $APP_STACK), five to ten minutes"
    say "Should this run not come to its end, this goes on with all that was: make aws-up NAME=$NAME REGION=$REGION$(spelled_out "$APP_WISHES")"
    remove_stack "$APP_STACK"
}

# find_platform: the newest platform that starts a Procfile's program and brings nothing of its own.
find_platform() {
    local newest
    platform=
    [ -z "$app_status" ] || [ -n "$made_anew" ] || return 0
    newest=$(query elasticbeanstalk list-available-solution-stacks --query 'SolutionStacks[].[@]' |
        sed -n 's/^64bit Amazon Linux 2023 v\([0-9.]*\) running Go .*$/\1	&/p' |
        sort -t . -k 1,1n -k 2,2n -k 3,3n | tail -n 1)
    [ -n "$newest" ] || die "Elastic Beanstalk offers no platform \"64bit Amazon Linux 2023 … running Go\" in $REGION: take another region."
    platform=${newest#*	}
}

aws_begin
app_status=$(stack_status "$APP_STACK")
tables_status=$(stack_status "$TABLES_STACK")
role_status=$(stack_status "$ROLE_STACK")
check_stack "$TABLES_STACK" "$tables_status"
check_stack "$ROLE_STACK" "$role_status"
check_stack "$APP_STACK" "$app_status"
app_status=$(unless_empty "$app_status")
tables_status=$(unless_empty "$tables_status")
role_status=$(unless_empty "$role_status")

recall_wishes
old_type=$(value_of EnvironmentType "$app_was" || true)
made_anew=
if [ -n "$app_status" ] && [ "$ENVIRONMENT_TYPE" != "$old_type" ]; then made_anew=1; fi
check_wishes
announce
ask "Go on?" || die "nothing was made. Answer y, or run it with YES=1."

find_platform
find_bundle
upload_bundle
deploy_tables
deploy_role
deploy_application

say "The game is at $(stack_output "$APP_STACK" Url)"
if [ -z "$app_status" ] || [ -n "$made_anew" ]; then
    [ -z "${PUBLIC_URL:-}" ] ||
        say "The name in that address has to point to $(stack_output "$APP_STACK" Endpoint)"
    old_email=
else
    old_email=$(value_of AlertEmail "$app_was" || true)
fi
if [ -n "${ALERT_EMAIL:-}" ] && [ "$ALERT_EMAIL" != "$old_email" ]; then
    say "AWS has written to $ALERT_EMAIL: alarms arrive only after the link in that message was followed"
fi
say "Deploy a new version with the same command; remove everything with: make aws-down NAME=$NAME REGION=$REGION"
