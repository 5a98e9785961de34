//! The server itself: errors, its log, its end.

use super::*;

#[tokio::test]
async fn every_error_has_the_same_shape() -> Outcome {
    let fixture = Fixture::new().await?;
    for (method, path, status, error_type) in [
        (Method::POST, "/v1/unknown", 404, "route_not_found"),
        (Method::GET, "/", 404, "route_not_found"),
        (Method::POST, "/v1/users/", 404, "route_not_found"),
        (Method::GET, "/v1/users", 405, "method_not_allowed"),
        (Method::DELETE, "/v1/totps", 405, "method_not_allowed"),
    ] {
        let response = fixture.request(method, path).send().await?;
        let allow = response.headers().get("allow").cloned();
        assert_eq!(allow.is_some(), status == 405, "{path}");
        let (actual, body) = read(response).await?;
        assert_eq!(actual, status);
        assert_error(&body, status, error_type);
    }
    for content in ["", "{", "[]", "null", r#"["ada@example.com"]"#, r#"{"email":1}"#] {
        let request = fixture.request(Method::POST, "/v1/users");
        let request = request.header("content-type", "application/json");
        let (status, body) = read(request.body(content).send().await?).await?;
        assert_eq!(status, 400, "{content}");
        assert_error(&body, 400, "bad_request");
    }
    let large = vec![b' '; (1 << 20) + 1];
    let request = fixture.request(Method::POST, "/v1/users").body(large);
    let (status, body) = read(request.send().await?).await?;
    assert_eq!(status, 400);
    assert_error(&body, 400, "bad_request");
    Ok(())
}

#[tokio::test]
async fn the_log_holds_the_exchanges_without_the_credentials() -> Outcome {
    let observed = Arc::new(Mutex::new(Vec::<Exchange>::new()));
    let sink = Arc::clone(&observed);
    let server = Server::builder()
        .on_exchange(move |exchange| {
            let mut seen = sink.lock().expect("no observer panics");
            seen.push(exchange.clone());
        })
        .start()
        .await?;
    let client = reqwest::Client::builder().user_agent("test/1").build()?;
    let body = json!({ "email": "ada@example.com" });
    let request = || client.post(format!("{}/v1/users?x=1", server.url()));
    request().json(&body).send().await?;
    request()
        .basic_auth(server.project_id(), Some(server.secret()))
        .json(&body)
        .send()
        .await?;
    client.get(server.url()).send().await?;

    let log = server.log();
    let seen: Vec<_> = log
        .iter()
        .map(|exchange| (exchange.method.as_str(), exchange.path.as_str(), exchange.status))
        .collect();
    assert_eq!(
        seen,
        [
            ("POST", "/v1/users", 401),
            ("POST", "/v1/users", 200),
            ("GET", "/", 404),
        ]
    );
    assert_eq!(log[0].error_type, Some("unauthorized_credentials"));
    assert_eq!(log[1].error_type, None);
    assert_eq!(log[1].body, Some(body));
    assert_eq!(log[2].body, None);
    let names: Vec<&str> = log[1].headers.keys().copied().collect();
    assert_eq!(names, ["accept", "content-type", "user-agent"]);
    assert_eq!(log[1].headers["content-type"], "application/json");
    assert_eq!(log[1].headers["user-agent"], "test/1");

    assert_eq!(*observed.lock().expect("no observer panics"), log);
    Ok(())
}

#[tokio::test]
async fn debug_output_hides_the_secret() -> Outcome {
    let builder = Server::builder().credentials("my-project", "hush");
    let before = format!("{builder:?}");
    let server = builder.start().await?;
    for output in [before, format!("{server:?}")] {
        assert!(output.contains("my-project"), "{output}");
        assert!(!output.contains("hush"), "{output}");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_listens_on_loopback_until_it_stops() -> Outcome {
    let server = Server::start().await?;
    let url = Url::parse(server.url())?;
    assert_eq!(url.host_str(), Some("127.0.0.1"));
    let port = url.port().ok_or("no port")?;
    assert!(Server::builder().port(port).start().await.is_err());

    // A connection that is kept alive does not keep the server up.
    let client = reqwest::Client::new();
    client.get(server.url()).send().await?;
    server.stop().await?;
    assert!(client.get(url.clone()).send().await.is_err());

    let server = Server::builder().port(port).start().await?;
    assert_eq!(Url::parse(server.url())?, url);
    drop(server);
    let mut attempts = 0;
    while client.get(url.clone()).send().await.is_ok() {
        attempts += 1;
        assert!(attempts < 100, "the server outlives its owner");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
