//! The guide in the application, and its live examples.

use super::support::*;
use app::ssr::inspector::examples::Example;

#[tokio::test]
async fn it_is_served_with_its_source() {
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
    for nothing in [
        "/guide/nothing.md",
        "/guide/source/../../../Cargo.toml",
        "/guide/source/nothing.rs",
    ] {
        visitor.get(nothing).await.is(404);
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
    for example in Example::ALL {
        let answer = run(&ada, example.as_str()).await.is(200).text();
        let rows = answer.matches("<li data-number=\"").count();
        let refused = answer.matches("class=\"request refused\"").count();
        let (expected, of_them_refused) = match example {
            Example::Register => (1, 1),
            Example::LogIn
            | Example::WhoIsLoggedIn
            | Example::LogOut
            | Example::MyInvitations
            | Example::SentInvitations
            | Example::WhoseTurn => (1, 0),
            // With the read of whose turn it is.
            Example::GamesInProgress => (3, 0),
            Example::FinishedGames | Example::OneGame => (2, 0),
            // Deleting what is gone is refused as well, and then the item is looked for.
            Example::Decline | Example::Cancel | Example::Expired => (3, 1),
            Example::Invite
            | Example::Accept
            | Example::Move
            | Example::LastMove
            | Example::Complete => (2, 1),
        };
        assert_eq!(
            (rows, refused),
            (expected, of_them_refused),
            "{example:?}: {answer}"
        );
    }
    assert_eq!(count(&app).await, before);
    assert_eq!(bob.see(&game).await["status"], "IN_PROGRESS");
    run(&ada, "nothing").await.problem(422, "invalid_request");
    run(&app.visitor(), "move")
        .await
        .problem(401, "not_logged_in");
}

/// The number of games there are.
async fn count(app: &App) -> i32 {
    let scan = app.running.database().client.scan().table_name("Games");
    scan.send().await.unwrap().count()
}
