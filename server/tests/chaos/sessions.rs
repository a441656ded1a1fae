//! Visitors who register, log in and log out, on several instances at once and while these fail.

use crate::{
    client::{self, Answer},
    door::Request,
    record::{SessionAction, SessionCall, SessionOutcome},
    settings::SESSION_BOUND,
    world::World,
};
use http::Method;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::time;

/// The pause between two requests of a visitor. Hashing passwords would otherwise take the players' processor time.
const PAUSE: Duration = Duration::from_millis(300);

/// The number of attempts at a request without a response.
const MAX_ATTEMPTS: usize = 4;

/// A visitor at work.
struct Visitor {
    world: Arc<World>,
    name: String,
    random: fastrand::Rng,
}

/// Creates one account after the other until the game time is over.
pub async fn visit(world: Arc<World>, visitor: usize, random: fastrand::Rng) {
    let mut visitor = Visitor {
        world,
        name: format!("visitor-{visitor}-0"),
        random,
    };
    let prefix = visitor.name.trim_end_matches('0').to_owned();
    for number in 0.. {
        if visitor.world.is_over() {
            return;
        }
        visitor.name = format!("{prefix}{number}");
        visitor.come_and_go().await;
    }
}

impl Visitor {
    /// Registers twice at the same time, logs in, and logs out, each of which may fail.
    async fn come_and_go(&mut self) {
        let [mine, other] = ["a harbour of brass 17", "nine quiet lanterns 52"];
        let register = |password: &str| SessionAction::Register {
            password: password.to_owned(),
        };
        let (here, there) = (self.any_instance(), self.any_instance());
        let is_contested = self.random.bool();
        let registered = if is_contested {
            let both = tokio::join!(
                self.call(here, register(mine)),
                self.call(there, register(other)),
            );
            [both.0, both.1].to_vec()
        } else {
            vec![self.call(here, register(mine)).await]
        };
        let mut sessions: Vec<String> = registered.into_iter().filter_map(started).collect();
        for password in [mine, other, "a wrong guess entirely 3"] {
            time::sleep(PAUSE).await;
            let action = SessionAction::LogIn {
                password: password.to_owned(),
            };
            sessions.extend(started(self.call_again(action).await));
        }
        self.identify(&sessions).await;
        if self.random.u32(0..4) > 0
            && let Some(session) = sessions.first().cloned()
        {
            let action = SessionAction::LogOut {
                session: session.clone(),
            };
            if self.call_again(action).await == SessionOutcome::Done {
                self.until_rejected(&session).await;
            }
        }
        self.identify(&sessions).await;
    }

    /// Uses a session that has ended, until every instance rejects it or should have done so.
    async fn until_rejected(&self, session: &str) {
        let deadline = time::Instant::now() + SESSION_BOUND;
        for instance in 0..self.world.instances.len() {
            loop {
                let session = session.to_owned();
                let identify = SessionAction::Identify { session };
                let outcome = self.call(instance, identify).await;
                let is_rejected = matches!(outcome, SessionOutcome::Rejected { .. });
                if is_rejected || self.world.is_over() || time::Instant::now() > deadline {
                    break;
                }
                time::sleep(PAUSE).await;
            }
        }
    }

    /// Uses each session on each instance.
    async fn identify(&mut self, sessions: &[String]) {
        for session in sessions {
            for instance in 0..self.world.instances.len() {
                let session = session.clone();
                self.call(instance, SessionAction::Identify { session })
                    .await;
            }
        }
    }

    /// Repeats a request without a response on any instance.
    async fn call_again(&mut self, action: SessionAction) -> SessionOutcome {
        let instance = self.any_instance();
        let mut outcome = self.call(instance, action.clone()).await;
        for _ in 1..MAX_ATTEMPTS {
            if !matches!(outcome, SessionOutcome::Unknown { .. }) {
                break;
            }
            time::sleep(PAUSE).await;
            let instance = self.any_instance();
            outcome = self.call(instance, action.clone()).await;
        }
        outcome
    }

    fn any_instance(&mut self) -> usize {
        self.world.any_instance(&mut self.random)
    }

    async fn call(&self, instance: usize, action: SessionAction) -> SessionOutcome {
        let world = &self.world;
        let (request, session) = self.request(&action);
        let began = world.tick();
        let answer = client::send(world.instances[instance], &request, session).await;
        let outcome = read(&action, answer);
        world.sessions.lock().unwrap().push(SessionCall {
            name: self.name.clone(),
            action: action.clone(),
            instance,
            began,
            ended: world.tick(),
            outcome: outcome.clone(),
        });
        outcome
    }

    fn request<'a>(&self, action: &'a SessionAction) -> (Request, Option<&'a str>) {
        let credentials = |password: &str| json!({"name": self.name, "password": password});
        let session_path = "/api/v1/session";
        match action {
            SessionAction::Register { password } => {
                let request = Request::post("/api/v1/players", credentials(password));
                (request, None)
            }
            SessionAction::LogIn { password } => {
                (Request::post(session_path, credentials(password)), None)
            }
            SessionAction::LogOut { session } => {
                let request = Request {
                    method: Method::DELETE,
                    ..Request::get(session_path)
                };
                (request, Some(session))
            }
            SessionAction::Identify { session } => (Request::get(session_path), Some(session)),
        }
    }
}

fn started(outcome: SessionOutcome) -> Option<String> {
    match outcome {
        SessionOutcome::Started(session) => Some(session),
        _ => None,
    }
}

fn read(action: &SessionAction, answer: Result<Answer, String>) -> SessionOutcome {
    let answer = match answer {
        Ok(answer) => answer,
        Err(reason) => return SessionOutcome::Unknown { reason },
    };
    let status = answer.status.as_u16();
    let code = answer.body["code"].as_str().unwrap_or_default().to_owned();
    let starts = matches!(
        action,
        SessionAction::Register { .. } | SessionAction::LogIn { .. }
    );
    match answer.cookie {
        _ if status == 503 => SessionOutcome::Unknown {
            reason: format!("503 {code}"),
        },
        _ if status >= 300 => SessionOutcome::Rejected { status, code },
        Some(session) if starts => SessionOutcome::Started(session),
        _ if starts => SessionOutcome::Rejected {
            status,
            code: "no session cookie".to_owned(),
        },
        _ => SessionOutcome::Done,
    }
}
