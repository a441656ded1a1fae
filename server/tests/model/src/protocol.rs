//! The state of everything, and what each step does to it.

use crate::{
    call::{Answer, Attempt, Call, Next, Outcome, Stage},
    history::{Effect, Seq, Version},
    instance::Instance,
    page::{Connection, Page},
    people::Person,
    properties::{self, Fault},
    scenario::{Request, Scenario},
    step::Step,
};
use stateright::{Model, Property};
use std::sync::Arc;

/// The seconds between two writes. An eventually consistent read may return a version that was replaced less than
/// [`MAX_LAG`] ago.
const WRITE_SECONDS: u32 = 3;
const MAX_LAG: u32 = 4;
/// The seconds that an instance needs to come back.
const RESTART_SECONDS: u32 = 10;

/// The state of everything.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct State {
    /// The versions of the item, oldest first.
    pub versions: Vec<Arc<Version>>,
    /// The seconds since the start.
    pub now: u32,
    /// The two instances.
    pub instances: [Instance; 2],
    /// The number of times that an instance has died.
    pub deaths: u8,
    /// The calls under way.
    pub calls: Vec<Call>,
    /// The writes that the SDK has given up waiting for, and that may still reach the table.
    pub late: Vec<(Call, Attempt)>,
    /// The progress of each request of the scenario.
    pub requests: Vec<Progress>,
    /// The pages of ada, bob and cleo.
    pub pages: [Option<Page>; 3],
    /// The number of faults that may still happen.
    pub faults: u8,
    /// True if somebody was told that the invitation is gone, and nobody has asked for another one since.
    pub is_removed: bool,
    /// The first violation.
    pub fault: Option<Fault>,
}

/// The progress of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Not sent yet.
    Planned,
    /// Sent, and its sender waits for the answer.
    Waiting,
    /// Sent, and its sender does not know the outcome.
    Unknown,
    /// Answered.
    Answered,
}

impl Model for Scenario {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let page = |home: Option<usize>| Some(Page::new(0, Connection::Open(home?)));
        vec![State {
            versions: vec![Arc::new(Version::initial(self.item.clone()))],
            now: 0,
            instances: [Instance::new(0, 0, Some(0)), Instance::new(1, 0, Some(0))],
            deaths: 0,
            calls: Vec::new(),
            late: Vec::new(),
            requests: vec![Progress::Planned; self.requests.len()],
            pages: match self.item {
                Some(_) => self.pages.map(page),
                None => [None, None, None],
            },
            faults: self.faults,
            is_removed: false,
            fault: None,
        }]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        self.steps(state, steps);
    }

    fn next_state(&self, state: &State, step: Step) -> Option<State> {
        let mut next = state.clone();
        next.take(self, &step)?;
        next.calls.sort_unstable();
        next.late.sort_unstable();
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}

impl State {
    /// The number of the stored version.
    #[must_use]
    pub fn latest(&self) -> Seq {
        self.versions.len() - 1
    }

    /// The versions that a read of the game on behalf of a person may return.
    pub(crate) fn readable(&self, person: Person, instance: usize) -> Vec<Seq> {
        let latest = self.latest();
        let cached = self.instances[instance].cached;
        let is_consistent = cached
            .and_then(|seq| self.versions[seq].game.as_ref())
            .is_none_or(|game| game.players.mark_of(&person.name()).is_some());
        if is_consistent {
            return vec![latest];
        }
        // The instance knows the cached version already and returns no older one.
        let first = cached.unwrap_or_default();
        (first..=latest)
            .filter(|&seq| seq == latest || self.versions[seq + 1].at + MAX_LAG > self.now)
            .collect()
    }

    /// Takes a step. Returns `None` if it changes nothing.
    fn take(&mut self, scenario: &Scenario, step: &Step) -> Option<()> {
        match *step {
            Step::Send(planned, person, request, instance) => {
                self.send(planned, person, request, instance);
            }
            Step::Write(call, ..) => {
                let Stage::Sent(attempt) = self.calls[call].stage else {
                    return None;
                };
                let outcome = self.write(scenario, &self.calls[call].clone(), attempt)?;
                self.calls[call].stage = Stage::Written(attempt, outcome);
            }
            Step::Publish(call, ..) => self.read_answer(scenario, call)?,
            Step::Receive(call, ..) => self.receive(scenario, call)?,
            Step::LoseAnswer(call, ..) => {
                let Stage::Written(attempt, _) = self.calls[call].stage else {
                    return None;
                };
                self.resend(call, attempt);
            }
            Step::Delay(call, ..) => {
                let Stage::Sent(attempt) = self.calls[call].stage else {
                    return None;
                };
                self.late.push((self.calls[call].clone(), attempt));
                self.resend(call, attempt);
            }
            Step::ArriveLate(late, ..) => {
                let (call, attempt) = self.late.remove(late);
                let _ = self.write(scenario, &call, attempt);
            }
            Step::HangUp(call, ..) => self.hang_up(scenario, call),
            Step::Follow(instance) => {
                let seq = self.instances[instance].followed? + 1;
                self.instances[instance].followed = Some(seq);
                self.publish(instance, seq);
            }
            Step::StartFeed(instance) => self.start_feed(instance),
            Step::Die(instance) => self.die(scenario, instance),
            Step::Open(person, seq) => {
                let home = scenario.pages[person as usize]?;
                let token = self.instances[home].token(self.now);
                self.instances[home].cache(&self.versions, seq);
                self.pages[person as usize] = Some(Page::new(seq, Connection::Rendered(token)));
            }
            Step::Connect(person, instance, read) => self.connect(person, instance, read)?,
            Step::Cut(person) => {
                self.faults -= 1;
                self.pages[person as usize].as_mut()?.connection = Connection::Lost;
            }
        }
        Some(())
    }

    fn send(&mut self, planned: usize, person: Person, request: Request, instance: usize) {
        self.requests[planned] = Progress::Waiting;
        if request == Request::Invite {
            self.is_removed = false;
        }
        let latest = self.latest();
        let known = self.instances[instance].cached;
        let call = Call {
            person,
            request,
            instance,
            at: self.now,
            began: latest,
            is_heard: true,
            stage: Stage::Answered(Answer::Rejected),
        };
        let next = call.begin(&self.versions, known, latest);
        self.calls.push(call);
        self.proceed(self.calls.len() - 1, next);
    }

    fn proceed(&mut self, number: usize, next: Next) {
        self.calls[number].stage = match next {
            Next::Send(attempt) => Stage::Sent(attempt),
            Next::Publish(seq, answer) => {
                self.publish(self.calls[number].instance, seq);
                Stage::Answered(answer)
            }
            Next::Answer(answer) => Stage::Answered(answer),
        };
        let call = &self.calls[number];
        if matches!(call.stage, Stage::Answered(_)) && !call.is_heard {
            self.calls.remove(number);
        }
    }

    fn resend(&mut self, number: usize, attempt: Attempt) {
        self.faults -= 1;
        self.calls[number].stage = Stage::Sent(Attempt {
            is_repeated: true,
            ..attempt
        });
    }

    fn write(&mut self, scenario: &Scenario, call: &Call, attempt: Attempt) -> Option<Outcome> {
        let (write, effect) = call.write(&self.versions, attempt)?;
        let latest = self.latest();
        let stored = &self.versions[latest];
        let was_removed = |version: &Arc<Version>| matches!(version.effect, Effect::Deleted(_));
        if effect == Effect::Created
            && self.versions.iter().any(was_removed)
            && !scenario.rules.ids_are_reused
        {
            return Some(Outcome::ConditionFailed(latest));
        }
        let Ok(item) = write.apply(stored.item.as_ref(), scenario.rules.ignored_clause) else {
            return Some(Outcome::ConditionFailed(latest));
        };
        self.now += WRITE_SECONDS;
        let version = stored.after(effect, self.now, item);
        self.fault = properties::of_write(stored, &version, self.is_removed).or(self.fault);
        self.versions.push(Arc::new(version));
        Some(Outcome::Done(latest + 1))
    }

    fn read_answer(&mut self, scenario: &Scenario, number: usize) -> Option<()> {
        let call = &self.calls[number];
        let Stage::Written(attempt, outcome) = call.stage else {
            return None;
        };
        let mut next = call.read(&self.versions, attempt, outcome);
        if let (Next::Publish(_, answer), Outcome::ConditionFailed(_)) = (next, outcome)
            && !scenario.rules.publish_earlier_attempts
        {
            next = Next::Answer(answer);
        }
        self.proceed(number, next);
        Some(())
    }

    fn receive(&mut self, scenario: &Scenario, number: usize) -> Option<()> {
        let call = self.calls.remove(number);
        let Stage::Answered(answer) = call.stage else {
            return None;
        };
        self.set_progress(scenario, &call, Progress::Answered);
        self.fault = properties::of_answer(&call, answer, &self.versions).or(self.fault);
        match answer {
            Answer::Game(seq) => self.show(call.person, seq),
            Answer::Removed => {
                let asks = |call: &Call| call.request == Request::Invite;
                self.is_removed = !self.calls.iter().any(asks);
            }
            Answer::Rejected => {}
        }
        Some(())
    }

    fn hang_up(&mut self, scenario: &Scenario, number: usize) {
        self.faults -= 1;
        let call = self.calls[number].clone();
        self.set_progress(scenario, &call, Progress::Unknown);
        self.calls[number].is_heard = false;
        if matches!(call.stage, Stage::Answered(_)) || !scenario.rules.run_to_completion {
            self.calls.remove(number);
        }
    }

    fn set_progress(&mut self, scenario: &Scenario, call: &Call, progress: Progress) {
        let same = |planned: &crate::scenario::Planned| {
            (planned.person, planned.request) == (call.person, call.request)
        };
        if let Some(number) = scenario.requests.iter().position(same) {
            self.requests[number] = progress;
        }
    }

    fn start_feed(&mut self, instance: usize) {
        let latest = self.latest();
        self.instances[instance].start_feed(latest, self.now);
        // The watched game is read again, strongly consistent.
        let is_watched = self.pages.iter().flatten();
        if is_watched
            .map(|page| &page.connection)
            .any(|connection| *connection == Connection::Open(instance))
        {
            self.publish(instance, latest);
        }
    }

    fn die(&mut self, scenario: &Scenario, number: usize) {
        self.faults -= 1;
        self.deaths += 1;
        self.now += RESTART_SECONDS;
        self.instances[number] = Instance::new(number, self.deaths, None);
        let calls = std::mem::take(&mut self.calls);
        for call in calls {
            // An answer under way has left the instance.
            if call.instance != number || matches!(call.stage, Stage::Answered(_)) {
                self.calls.push(call);
            } else if call.is_heard {
                self.set_progress(scenario, &call, Progress::Unknown);
            }
        }
        for page in self.pages.iter_mut().flatten() {
            if page.connection == Connection::Open(number) {
                page.connection = Connection::Lost;
            }
        }
    }

    fn connect(&mut self, person: Person, instance: usize, read: Seq) -> Option<()> {
        let page = self.pages[person as usize].as_mut()?;
        let before = std::mem::replace(&mut page.connection, Connection::Open(instance));
        let missed = match before {
            Connection::Rendered(token) => self.instances[instance].since(&self.versions, &token),
            Connection::Open(_) | Connection::Lost => None,
        };
        // Without a token, or with one that is too old, the instance reads the game.
        for seq in missed.unwrap_or_else(|| vec![read]) {
            self.show(person, seq);
        }
        Some(())
    }

    /// Publishes a version on an instance, and sends it to the pages there.
    fn publish(&mut self, instance: usize, seq: Seq) {
        if !self.instances[instance].publish(&self.versions, seq, self.now) {
            return;
        }
        for person in Person::ALL {
            let page = self.pages[person as usize].as_ref();
            if page.is_some_and(|page| page.connection == Connection::Open(instance)) {
                self.show(person, seq);
            }
        }
    }

    fn show(&mut self, person: Person, seq: Seq) {
        if let Some(page) = &mut self.pages[person as usize]
            && page.handle(&self.versions, seq).is_err()
        {
            self.fault = self.fault.or(Some(Fault::PageWentBack));
        }
    }

    /// Returns true if nothing is under way: no call, no record of the stream, no connection.
    #[must_use]
    pub fn is_quiet(&self, scenario: &Scenario) -> bool {
        let latest = self.latest();
        self.calls.is_empty()
            && self.late.is_empty()
            && (!scenario.has_stream
                || (self.instances.iter()).all(|instance| instance.followed == Some(latest)))
            && (self.pages.iter().flatten())
                .all(|page| matches!(page.connection, Connection::Open(_)))
    }
}
