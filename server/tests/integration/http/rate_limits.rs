//! Rate limits per client address.

use test_support::{App, Method, PASSWORD, header, json};

#[tokio::test]
async fn password_guesses_are_limited() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let visitor = app.visitor();
    let guess = || {
        visitor.post(
            "/api/v1/session",
            json!({"name": "ada", "password": "a guess"}),
        )
    };
    for _ in 0..10 {
        guess().await.problem(401, "wrong_credentials");
    }
    let refused = guess().await;
    let wait: u64 = refused.header(header::RETRY_AFTER).parse().unwrap();
    assert!((1..=7).contains(&wait));
    refused.problem(429, "too_many_requests");
    // The limit covers every request with a password, and no others.
    let credentials = json!({"name": "ada", "password": PASSWORD});
    visitor
        .post("/api/v1/players", credentials)
        .await
        .problem(429, "too_many_requests");
    visitor.delete("/api/v1/session").await.is(204);
    visitor
        .get("/api/v1/session")
        .await
        .problem(401, "not_logged_in");

    let fields = [("name", "ada"), ("password", "a+guess")];
    let call = visitor
        .request(Method::POST, "/actions/log_in")
        .call(&fields)
        .send()
        .await
        .is(429);
    assert_eq!(call.json()["code"], "too_many_requests");
    assert!(call.headers.contains_key(header::RETRY_AFTER));
    // Without JavaScript, the page shows the error.
    let form = visitor
        .request(Method::POST, "/actions/log_in")
        .form(&fields)
        .send()
        .await
        .is(303);
    let page = visitor
        .request(Method::GET, form.header(header::LOCATION))
        .send()
        .await
        .is(200);
    assert!(page.text().contains("Too many requests"), "{}", page.text());
}

#[tokio::test]
async fn changes_are_limited_and_reads_are_not() {
    let app = App::start_with(|config| config.rate_limits = true).await;
    let visitor = app.visitor();
    let mut answers = Vec::new();
    for _ in 0..600 {
        let answer = visitor.delete("/api/v1/session").await;
        if answer.status == 429 {
            answers.push(answer);
            break;
        }
        answer.is(204);
    }
    let refused = answers.pop().expect("a limit");
    assert_eq!(refused.header(header::RETRY_AFTER), "1");
    for _ in 0..100 {
        visitor.get("/livez").await.is(200);
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_limit() {
    let app = App::start_with(|config| {
        config.rate_limits = true;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let visitor = app.visitor();
    let guess = |from: &str| {
        let request = visitor
            .request(Method::POST, "/api/v1/session")
            .header("x-forwarded-for", from);
        request
            .json(&json!({"name": "ada", "password": "a guess"}))
            .send()
    };
    for _ in 0..10 {
        guess("198.51.100.1")
            .await
            .problem(401, "wrong_credentials");
    }
    guess("198.51.100.1")
        .await
        .problem(429, "too_many_requests");
    guess("6.6.6.6, 198.51.100.1")
        .await
        .problem(429, "too_many_requests");
    guess("198.51.100.2")
        .await
        .problem(401, "wrong_credentials");
}
