//! A model of the protocol, which a model checker explores exhaustively.
//!
//! Tests try some orders of events. This model tries all of them: two players and a stranger, two instances, one item,
//! and a number of faults at any point. Its decisions are the product's own:
//!
//! | decision | function |
//! |---|---|
//! | is this move legal, made already, or outdated? | [`Game::decide`](backend::game::Game::decide) |
//! | had the player accepted before? | [`Game::accepted_by`](backend::game::Game::accepted_by) |
//! | is this change news to an instance? | [`RecentChanges::add`](backend::hub::RecentChanges::add) |
//! | which changes has a page missed? | [`RecentChanges::after_token`](backend::hub::RecentChanges::after_token) |
//! | which of two versions is later? | [`Recency`](backend::game::Recency) |
//! | does a page show this version, or drop it? | [`GameView::is_newer_than`](domain::views::GameView::is_newer_than) |
//!
//! What the product writes for DynamoDB or for a network is repeated here, without either:
//!
//! | module | subject |
//! |---|---|
//! | [`table`] | the conditional writes. A test compares them with the real engine |
//! | [`history`] | the versions of the item, which are the records of the stream as well |
//! | [`instance`] | the memory of an instance: recent changes, cached game, position in the stream |
//! | [`call`] | a request: decision, write, answer of the table, publication, answer |
//! | [`page`] | an open page and its live connection |
//! | [`step`], [`protocol`] | the steps, and what each does to the state |
//! | [`scenario`] | the requests and faults of a run |
//! | [`properties`] | what must hold in every state |
//!
//! # Steps
//!
//! A call decides on the cached or on the stored game. Its write then travels to the table, where the condition is
//! true or false, and the answer travels back. With the answer in hand, the instance publishes the version to its
//! pages and answers the sender. Anything else may happen between these steps. Other instances learn of the version
//! from the stream, at any later time.
//!
//! # Reductions
//!
//! - Only the page of the game is modelled. Lists, which are read from indexes, are not.
//! - An instance delivers a version to a page at once. A slow event stream looks to the page like a slow table's
//!   stream, and that one is in the model.
//! - A decision follows the arrival of its request at once. A slow request looks like a late one.
//! - An instance that dies is back at once. Requests that fail meanwhile change nothing.
//! - An invitation's id is used once, except where a test says otherwise.
//!
//! # The end
//!
//! Each step uses up something: a request, a message, a record or a fault. So every run comes to an end, and "in the
//! end, every page shows what is stored" is a property of the states in which nothing is under way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a panic is the test's report"
)]

pub mod call;
pub mod history;
pub mod instance;
pub mod page;
pub mod people;
pub mod properties;
pub mod protocol;
pub mod scenario;
pub mod step;
pub mod table;
