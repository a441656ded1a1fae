# Sourced by the scripts in this directory: the account, the region, the names, and the questions that all scripts ask
# AWS. They use only options that both the AWS CLI v2 and v1 have.
# shellcheck shell=bash disable=SC2034
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

# Version 2 would show long output in a pager and wait.
export AWS_PAGER=""

export NAME=${NAME:-tic-tac-toe}
# The full names, because a prefix would also match another deployment: "game-2-Games" begins with "game-".
TABLES="$NAME-Games $NAME-Players $NAME-Sessions"
TABLES_STACK=$NAME-tables
ROLE_STACK=$NAME-role
APP_STACK=$NAME-app
# application.yaml names the environment after its stack.
ENVIRONMENT=$APP_STACK
BUNDLE_PREFIX=tic-tac-toe/$NAME/

# aws_begin: sets REGION and ACCOUNT, or exits with a message about what is missing.
aws_begin() {
    # The name becomes part of the names of stacks, tables and environments, and of queries.
    [[ $NAME =~ ^[a-zA-Z][a-zA-Z0-9-]{0,28}[a-zA-Z0-9]$ ]] ||
        die "NAME is \"$NAME\": use 2 to 30 letters, digits and hyphens, starting with a letter and not ending with a hyphen."
    aws --version >/dev/null 2>&1 ||
        die "the AWS CLI is missing (aws): install version 2 as described at https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html, then run this again."
    find_region
    find_account
}

find_region() {
    REGION=${REGION:-${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region 2>/dev/null || true)}}}
    [ -n "$REGION" ] ||
        die "no region is configured: pass one (make aws-up REGION=eu-central-1), or set it once: aws configure set region eu-central-1"
    # The versions of the CLI read different variables.
    export REGION AWS_REGION=$REGION AWS_DEFAULT_REGION=$REGION
}

find_account() {
    if try_aws sts get-caller-identity --query Account --output text; then
        ACCOUNT=$aws_output
        return
    fi
    case $aws_error in
        *"locate credentials"* | *NoCredentials* | *"config profile"*)
            die "the AWS CLI has no credentials: run \"aws configure sso\" (IAM Identity Center), \"aws login\" (the console's user; CLI 2.32 or later) or \"aws configure\" (access keys), or set AWS_PROFILE to a profile with credentials, then run this again."
            ;;
        *xpired* | *InvalidClientTokenId* | *SignatureDoesNotMatch* | *"Token for"* | *"Token has"*)
            die "AWS rejects the credentials ($(error_message "$aws_error")): log in again as before (\"aws sso login\" or \"aws login\"), or enter new access keys with \"aws configure\"."
            ;;
        *) die "the account cannot be determined ($(error_message "$aws_error")): check the region \"$REGION\" and the network, then run this again." ;;
    esac
}

# try_aws COMMAND...: runs an aws command that may fail. Sets `aws_output` to its output and `aws_error` to its standard
# error. They are separate because the CLI prints warnings on standard error even when it succeeds.
try_aws() {
    local errors status=0
    errors=$(mktemp)
    aws_output=$(aws "$@" 2>"$errors") || status=$?
    aws_error=$(cat "$errors")
    rm -f "$errors"
    return $status
}

# error_message STANDARD_ERROR: prints the line with the cause. Some versions of the CLI print details after it.
error_message() {
    printf '%s\n' "$1" | awk '/error occurred|\[ERROR\]/ && !found { found = $0 } NF { last = $0 } END { print found ? found : last }'
}

# ask QUESTION: succeeds if the user answers yes. YES=1 and --yes skip the question.
ask() {
    local answer=
    if [ -n "${YES:-}" ] && [ "$YES" != 0 ]; then return; fi
    printf '%s [y/N] ' "$1"
    # Without an answer, as in a script without a terminal, the answer is no, and the line still needs its end.
    read -r answer || true
    [ -t 0 ] || printf '\n'
    case $answer in
        y | Y | yes | Yes | YES) ;;
        *) return 1 ;;
    esac
}

# unknown_argument ARGUMENT VALID_ARGUMENTS
unknown_argument() {
    die "deploy/aws/$(basename "$0") has no argument \"$1\": $2"
}

# query COMMAND...: prints the output of an aws command as text, one value or row a line, and nothing for "None".
query() {
    aws "$@" --output text | sed -e '/^None$/d'
}

# stack_status STACK: prints the stack's status, or nothing if it does not exist.
stack_status() {
    if try_aws cloudformation describe-stacks --stack-name "$1" --query 'Stacks[0].StackStatus' --output text; then
        printf '%s\n' "$aws_output"
        return
    fi
    case $aws_error in
        *"does not exist"*) ;;
        *) die "the status of the stack $1 is not available: $(error_message "$aws_error")" ;;
    esac
}

stack_output() {
    query cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue"
}

# failed_events STACK: prints the errors of the stack's latest operation, one line for each resource. AWS lists the
# newest event first.
failed_events() {
    aws cloudformation describe-stack-events --stack-name "$1" --no-paginate --output text \
        --query 'StackEvents[].[LogicalResourceId,ResourceStatus,ResourceStatusReason]' 2>/dev/null |
        awk -F '\t' '
            $2 ~ /FAILED$/ && $3 !~ /cancelled/ && $3 != "None" { print "  " $1 ": " $3 }
            # The start of the operation: older events belong to earlier operations.
            $3 == "User Initiated" { exit }' || true
}

# remove_stack STACK: deletes the stack with its resources, and waits for the end.
remove_stack() {
    local id
    # A deleted stack and its events can be found only by the stack's id.
    id=$(query cloudformation describe-stacks --stack-name "$1" --query 'Stacks[0].StackId')
    aws cloudformation delete-stack --stack-name "$1" || die "the stack $1 cannot be removed; see above."
    if ! aws cloudformation wait stack-delete-complete --stack-name "$id"; then
        failed_events "$id" >&2
        die "the stack $1 was not removed, for the reasons above: remove the resources that they name, then run this again."
    fi
}

# storage_bucket: prints the name of Elastic Beanstalk's bucket, which contains the bundles.
storage_bucket() {
    printf 'elasticbeanstalk-%s-%s\n' "$REGION" "$ACCOUNT"
}

# bucket_exists BUCKET: succeeds if the bucket exists and belongs to this account.
bucket_exists() {
    if try_aws s3api head-bucket --bucket "$1" --expected-bucket-owner "$ACCOUNT"; then return; fi
    case $aws_error in
        *404* | *"Not Found"*) return 1 ;;
        *) die "the bucket $1 cannot be read: $(error_message "$aws_error")" ;;
    esac
}

# bundle_versions BUCKET: prints the key and version of each object under BUNDLE_PREFIX, including delete markers.
bundle_versions() {
    local kind
    for kind in Versions DeleteMarkers; do
        query s3api list-object-versions --bucket "$1" --prefix "$BUNDLE_PREFIX" --query "${kind}[].[Key,VersionId]"
    done
}
