# Sourced by the aws-*.sh scripts: whose account, which region, which names, and the questions that all of them ask.
# Only options that both the AWS CLI v2 and v1 know are used.
# shellcheck shell=bash disable=SC2034
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Version 2 would show long answers in a pager and wait there.
export AWS_PAGER=""

export NAME=${NAME:-tic-tac-toe}
# The tables that the server uses. Named one by one: everything that begins with the prefix could be another
# deployment's, as "game-2-Games" begins with "game-".
TABLES="$NAME-Games $NAME-Players $NAME-Sessions"
TABLES_STACK=$NAME-tables
ROLE_STACK=$NAME-role
APP_STACK=$NAME-app
# The template calls the environment after its stack.
ENVIRONMENT=$APP_STACK
BUNDLE_PREFIX=tic-tac-toe/$NAME/

# aws_begin: finds the command, the region (REGION) and the account (ACCOUNT), or says what is missing.
aws_begin() {
    # The name goes into names of stacks, tables and environments, and into queries.
    [[ $NAME =~ ^[a-zA-Z][a-zA-Z0-9-]{0,28}[a-zA-Z0-9]$ ]] ||
        die "NAME is \"$NAME\": take 2 to 30 letters, digits and hyphens, beginning with a letter and not ending in a hyphen."
    aws --version >/dev/null 2>&1 ||
        die "the AWS CLI is missing (aws): install version 2 as https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html says, then run this again."
    find_region
    find_account
}

find_region() {
    REGION=${REGION:-${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region 2>/dev/null || true)}}}
    [ -n "$REGION" ] ||
        die "no region is configured: name one (make aws-up REGION=eu-central-1), or set it once with: aws configure set region eu-central-1"
    # Each version of the CLI listens to another one.
    export REGION AWS_REGION=$REGION AWS_DEFAULT_REGION=$REGION
}

find_account() {
    if attempt sts get-caller-identity --query Account --output text; then
        ACCOUNT=$answer
        return
    fi
    case $complaint in
        *"locate credentials"* | *NoCredentials* | *"config profile"*)
            die "the AWS CLI has no credentials: run \"aws configure sso\" (IAM Identity Center), \"aws login\" (the console's user; CLI 2.32 or later) or \"aws configure\" (access keys), or set AWS_PROFILE to a profile that has some, then run this again."
            ;;
        *xpired* | *InvalidClientTokenId* | *SignatureDoesNotMatch* | *"Token for"* | *"Token has"*)
            die "AWS refuses the credentials ($(reason "$complaint")): log in again as you did before (\"aws sso login\" or \"aws login\"), or enter access keys anew with \"aws configure\"."
            ;;
        *) die "AWS did not say whose account this is ($(reason "$complaint")): check the region \"$REGION\" and the network, then run this again." ;;
    esac
}

# attempt COMMAND...: an aws command that may fail. `answer` becomes what it printed, `complaint` what it said on standard
# error: kept apart, as the CLI warns there even when all is well.
attempt() {
    local errors status=0
    errors=$(mktemp)
    answer=$(aws "$@" 2>"$errors") || status=$?
    complaint=$(cat "$errors")
    rm -f "$errors"
    return $status
}

# reason COMPLAINT: the one line of it that says what is wrong. Some versions of the CLI add details after that line.
reason() {
    printf '%s\n' "$1" | awk '/error occurred|\[ERROR\]/ && !found { found = $0 } NF { last = $0 } END { print found ? found : last }'
}

# ask QUESTION: whether the answer is yes. YES=1 and --yes answer it in advance.
ask() {
    local answer=
    if [ -n "${YES:-}" ] && [ "$YES" != 0 ]; then return; fi
    printf '%s [y/N] ' "$1"
    # No answer, as from a script without a terminal, is no; and nobody there has ended the line.
    read -r answer || true
    [ -t 0 ] || printf '\n'
    case $answer in
        y | Y | yes | Yes | YES) ;;
        *) return 1 ;;
    esac
}

# unknown_argument ARGUMENT WHAT-IT-TAKES
unknown_argument() {
    die "$(basename "$0") knows no argument \"$1\": $2"
}

# query COMMAND... : what an aws command prints as text, one value or row a line; nothing where it says None.
query() {
    aws "$@" --output text | sed -e '/^None$/d'
}

# stack_status STACK: its status, or nothing if there is none.
stack_status() {
    if attempt cloudformation describe-stacks --stack-name "$1" --query 'Stacks[0].StackStatus' --output text; then
        printf '%s\n' "$answer"
        return
    fi
    case $complaint in
        *"does not exist"*) ;;
        *) die "the stack $1 cannot be looked up: $(reason "$complaint")" ;;
    esac
}

stack_output() {
    query cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue"
}

# failed_events STACK: what went wrong in its latest operation, one line for each resource. The newest event comes first.
failed_events() {
    aws cloudformation describe-stack-events --stack-name "$1" --no-paginate --output text \
        --query 'StackEvents[].[LogicalResourceId,ResourceStatus,ResourceStatusReason]' 2>/dev/null |
        awk -F '\t' '
            $2 ~ /FAILED$/ && $3 !~ /cancelled/ && $3 != "None" { print "  " $1 ": " $3 }
            # Where the operation began; what is older belongs to earlier ones.
            $3 == "User Initiated" { exit }' || true
}

# remove_stack STACK: removes it with everything in it, and waits for that.
remove_stack() {
    local id
    # A stack that is gone is found only by its id, and what went wrong is found only there.
    id=$(query cloudformation describe-stacks --stack-name "$1" --query 'Stacks[0].StackId')
    aws cloudformation delete-stack --stack-name "$1" || die "the stack $1 cannot be removed; see above."
    if ! aws cloudformation wait stack-delete-complete --stack-name "$id"; then
        failed_events "$id" >&2
        die "the stack $1 was not removed, for the reasons above: remove what they name, then run this again."
    fi
}

# storage_bucket: Elastic Beanstalk's own bucket, where the bundles are.
storage_bucket() {
    printf 'elasticbeanstalk-%s-%s\n' "$REGION" "$ACCOUNT"
}

# bucket_exists BUCKET: whether this account has it; another's of the same name does not count.
bucket_exists() {
    if attempt s3api head-bucket --bucket "$1" --expected-bucket-owner "$ACCOUNT"; then return; fi
    case $complaint in
        *404* | *"Not Found"*) return 1 ;;
        *) die "the bucket $1 cannot be looked up: $(reason "$complaint")" ;;
    esac
}

# bundle_versions BUCKET: key and version of everything under our prefix there, delete markers included.
bundle_versions() {
    local kind
    for kind in Versions DeleteMarkers; do
        query s3api list-object-versions --bucket "$1" --prefix "$BUNDLE_PREFIX" --query "${kind}[].[Key,VersionId]"
    done
}
