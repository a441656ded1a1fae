//! The guide in the application, and its live examples.

use server::inspector::{capture::pattern::Pattern, examples};
use test_support::{App, Client, Method};

#[tokio::test]
async fn the_guide_is_served_with_its_source() {
    let app = App::start().await;
    let visitor = app.visitor();
    let guide = visitor.get("/guide").await.is(200);
    assert!(guide.header("content-type").starts_with("text/html"));
    assert!(!guide.header("content-security-policy").contains("unsafe"));
    let text = guide.text();
    assert!(
        text.contains("<h3 id=\"accept\">") && text.contains("to run this here"),
        "{text}"
    );
    let source = visitor.get("/guide/source/games.rs").await.is(200).text();
    assert!(
        source.contains("<span id=\"accept\">    pub async fn accept("),
        "{source}"
    );
    visitor.get("/guide/cost.md").await.is(200);
    visitor.get("/guide/decisions/change-feed.md").await.is(200);
    for unknown in [
        "/guide/nothing.md",
        "/guide/source/../../../Cargo.toml",
        "/guide/source/nothing.rs",
    ] {
        visitor.get(unknown).await.is(404);
    }
}

#[tokio::test]
async fn every_example_runs_and_leaves_nothing_behind() {
    let app = App::start().await;
    let (ada, bob, game) = app.game().await;
    let before = count(&app).await;
    let run = async |client: &Client, example: &str| {
        let request = client.request(Method::POST, "/guide/run");
        request.call(&[("example", example)]).send().await
    };
    for example in Pattern::ALL {
        if examples::description(example).is_none() {
            continue;
        }
        let answer = run(&ada, example.as_str()).await.is(200).text();
        let rows = answer.matches("<li data-number=\"").count();
        let refused = answer.matches("class=\"request refused\"").count();
        let (expected_rows, expected_refusals) = match example {
            Pattern::LogIn
            | Pattern::CurrentSession
            | Pattern::LogOut
            | Pattern::AllSessions
            | Pattern::MyInvitations
            | Pattern::SentInvitations
            | Pattern::Turns => (1, 0),
            // Two queries and the read of the turns.
            Pattern::GamesInProgress => (3, 0),
            Pattern::FinishedGames | Pattern::OneGame => (2, 0),
            // The second delete fails, and the store then reads the item.
            Pattern::Decline | Pattern::Cancel | Pattern::Expired => (3, 1),
            Pattern::Invite
            | Pattern::Accept
            | Pattern::Move
            | Pattern::LastMove
            | Pattern::Complete => (2, 1),
            Pattern::Register
            | Pattern::PlayerExists
            | Pattern::BeginSession
            | Pattern::ChangePassword
            | Pattern::DeleteAccount => unreachable!("no examples"),
        };
        assert_eq!(
            (rows, refused),
            (expected_rows, expected_refusals),
            "{example:?}: {answer}"
        );
    }
    assert_eq!(count(&app).await, before);
    assert_eq!(bob.game(&game).await["status"], "IN_PROGRESS");
    run(&ada, "nothing").await.problem(422, "invalid_request");
    run(&app.visitor(), "move")
        .await
        .problem(401, "not_logged_in");
}

/// The number of games in the table.
async fn count(app: &App) -> i32 {
    let scan = app.running.database().client.scan().table_name("Games");
    scan.send().await.unwrap().count()
}
