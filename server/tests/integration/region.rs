//! The sources of the AWS region and of the credentials, with a metadata service of the test's own.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use test_support::{Client, Finished, ServerProcess, command, dynamodb_local_endpoint, json, run};

const METADATA: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const REGION: &str = "eu-central-1";
const SESSION: &str = "a-session-of-the-metadata-service";
const ROLE: &str = "the-role";
const ACCESS_KEY: &str = "AKIDEXAMPLEOFAROLE";
const SECRET: &str = "a-secret-key";
const TOKEN: &str = "a-secret-token";
const ADVICE: &str = "pass --region, set AWS_REGION, or add a region to your AWS profile";

/// The instance metadata service, version 2. Every request needs the token of a session.
struct Metadata {
    endpoint: String,
    requested_paths: Arc<Mutex<Vec<String>>>,
}

impl Metadata {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requested_paths = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&requested_paths);
        // The thread ends with the test program.
        thread::spawn(move || {
            for connection in listener.incoming() {
                let _ = answer(connection.unwrap(), &log);
            }
        });
        Self {
            endpoint,
            requested_paths,
        }
    }

    fn has_served(&self, path: &str) -> bool {
        let requested = self.requested_paths.lock().unwrap();
        requested.iter().any(|requested| requested == path)
    }
}

fn answer(mut connection: TcpStream, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let mut has_session = false;
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        has_session |=
            name.eq_ignore_ascii_case("x-aws-ec2-metadata-token") && value.trim() == SESSION;
    }
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap_or_default());
    log.lock().unwrap().push(path.to_owned());
    let roles = "/latest/meta-data/iam/security-credentials/";
    let (status, body) = match (method, path) {
        ("PUT", "/latest/api/token") => ("200 OK", SESSION.to_owned()),
        _ if !has_session => ("401 Unauthorized", String::new()),
        ("GET", "/latest/meta-data/placement/region") => ("200 OK", REGION.to_owned()),
        ("GET", path) if path == roles => ("200 OK", ROLE.to_owned()),
        ("GET", path) if path == format!("{roles}{ROLE}") => {
            let credentials = json!({
                "Code": "Success", "Type": "AWS-HMAC", "LastUpdated": "2026-01-01T00:00:00Z",
                "Expiration": "2099-01-01T00:00:00Z", "AccessKeyId": ACCESS_KEY,
                "SecretAccessKey": SECRET, "Token": TOKEN,
            });
            ("200 OK", credentials.to_string())
        }
        _ => ("404 Not Found", String::new()),
    };
    write!(
        connection,
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The region and its source, as `server config` prints them.
fn region(arguments: &[&str], variables: &[(&str, &str)]) -> (String, String) {
    let mut command = command(&[&["config"], arguments].concat());
    let Finished {
        code,
        stdout,
        stderr,
    } = run(command.envs(variables.iter().copied()));
    assert_eq!(code, Some(0), "{stderr}");
    let mut lines = stdout.lines();
    let line = lines.find(|line| line.starts_with("region "));
    let line = line.expect("a line with the region");
    let mut words = line.split_whitespace();
    let value = words.nth(1).unwrap().to_owned();
    (value, words.collect::<Vec<_>>().join(" "))
}

fn pair(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

const AWS: [&str; 2] = ["--database", "aws"];

#[test]
fn the_region_comes_from_the_source_with_the_highest_precedence() {
    let directory = tempfile::tempdir().unwrap();
    let (profiles, options) = (
        directory.path().join("config"),
        directory.path().join("options.toml"),
    );
    let regions = "[default]\nregion = us-west-1\n[profile play]\nregion = us-west-2\n";
    fs::write(&profiles, regions).unwrap();
    fs::write(&options, "region = \"sa-east-1\"\n").unwrap();
    let (profiles, options) = (profiles.to_str().unwrap(), options.to_str().unwrap());
    let metadata = Metadata::start();

    // Each step adds a source of higher precedence.
    let mut variables = vec![
        (METADATA, metadata.endpoint.as_str()),
        ("AWS_EC2_METADATA_DISABLED", "false"),
    ];
    let mut step = |variable: Option<(&'static str, &'static str)>, value, origin| {
        variables.extend(variable);
        assert_eq!(region(&AWS, &variables), pair(value, origin));
    };
    step(None, REGION, "the instance's metadata service");
    let profiles: &'static str = profiles.to_owned().leak();
    let file = Some(("AWS_CONFIG_FILE", profiles));
    step(file, "us-west-1", "the AWS profile default");
    let profile = Some(("AWS_PROFILE", "play"));
    step(profile, "us-west-2", "the AWS profile play");
    let old = Some(("AWS_DEFAULT_REGION", "ap-south-1"));
    step(old, "ap-south-1", "AWS_DEFAULT_REGION");
    let new = Some(("AWS_REGION", "ap-south-2"));
    step(new, "ap-south-2", "AWS_REGION");

    let with_file = [&AWS[..], &["--config", options]].concat();
    let origin = format!("{options}, line 1");
    assert_eq!(region(&with_file, &variables), pair("sa-east-1", &origin));
    variables.push(("TTT_REGION", "ca-west-1"));
    assert_eq!(
        region(&with_file, &variables),
        pair("ca-west-1", "TTT_REGION")
    );
    let with_flag = [&with_file[..], &["--region", "eu-west-1"]].concat();
    assert_eq!(
        region(&with_flag, &variables),
        pair("eu-west-1", "--region")
    );
}

#[test]
fn a_missing_region_is_explained() {
    assert_eq!(region(&AWS, &[]), pair("-", &format!("not set; {ADVICE}")));
    let data = tempfile::tempdir().unwrap();
    for arguments in [&["serve"][..], &["tables", "describe"]] {
        let mut command = command(&[arguments, &AWS].concat());
        command.env("TTT_LISTEN", "127.0.0.1:0");
        let Finished {
            code,
            stdout,
            stderr,
        } = run(command.env("TTT_DATA_DIR", data.path()));
        let sentence = format!("error: no AWS region is set; {ADVICE}\n");
        assert!(stderr.ends_with(&sentence), "{stderr}");
        assert_eq!((code, stdout.as_str()), (Some(1), ""));
    }
}

#[test]
fn a_silent_metadata_service_is_given_up_soon() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let variables = [
        (METADATA, endpoint.as_str()),
        ("AWS_EC2_METADATA_DISABLED", "false"),
    ];
    let begin = Instant::now();
    let (value, _) = region(&AWS, &variables);
    assert_eq!(value, "-");
    // The SDK's own limits are longer.
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[test]
fn local_engines_do_not_query_the_metadata_service() {
    let metadata = Metadata::start();
    let variables = [
        (METADATA, metadata.endpoint.as_str()),
        ("AWS_EC2_METADATA_DISABLED", "false"),
        ("AWS_REGION", "ap-south-2"),
    ];
    let local = ["--database", "local"];
    assert_eq!(region(&local, &variables), pair("us-east-1", "default"));
    assert_eq!(
        region(&["--database", "embedded"], &variables),
        pair("-", "not used by the embedded engine")
    );
    assert!(metadata.requested_paths.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_instance_with_a_role_needs_no_configuration() {
    let engine = dynamodb_local_endpoint().await;
    let metadata = Metadata::start();
    let variables = [
        (METADATA, metadata.endpoint.as_str()),
        ("AWS_EC2_METADATA_DISABLED", "false"),
    ];
    let place = [&AWS[..], &["--endpoint", &engine]].concat();

    let mut create = command(&[&["tables", "create"], &place[..]].concat());
    create.envs(variables);
    let Finished {
        code,
        stdout,
        stderr,
    } = run(&mut create);
    assert_eq!(code, Some(0), "{stderr}");

    let server = ServerProcess::start(&place, &variables).await;
    let ada = Client::registered(server.address, "ada").await;
    ada.get("/readyz").await.is(200);
    ada.invite("bob").await;

    let role = format!("/latest/meta-data/iam/security-credentials/{ROLE}");
    assert!(metadata.has_served("/latest/meta-data/placement/region"));
    assert!(metadata.has_served(&role));
    for secret in [SECRET, TOKEN, ACCESS_KEY, SESSION] {
        for output in [&stdout, &stderr, &server.log()] {
            assert!(!output.contains(secret), "{output}");
        }
    }
}
