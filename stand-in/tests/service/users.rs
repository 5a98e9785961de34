//! Users, and who may create them.

use super::*;

#[tokio::test]
async fn a_user_is_created_from_an_email() -> Outcome {
    let fixture = Fixture::new().await?;
    let body = json!({ "email": "ada@example.com" });
    let response = fixture.create("/v1/users", body).await?;

    assert!(text(&response["user_id"]).starts_with("user-test-"));
    assert!(text(&response["email_id"]).starts_with("email-test-"));
    assert_eq!(response["phone_id"], "");
    assert_eq!(response["status"], "active");
    assert_eq!(
        response["user"],
        json!({
            "user_id": response["user_id"],
            "emails": [{
                "email_id": response["email_id"],
                "email": "ada@example.com",
                "verified": false,
            }],
            "status": "active",
            "phone_numbers": [],
            "webauthn_registrations": [],
            "providers": [],
            "totps": [],
            "crypto_wallets": [],
            "biometric_registrations": [],
            "is_locked": false,
            "roles": [],
            "name": { "first_name": "", "middle_name": "", "last_name": "" },
            "created_at": "2027-01-15T08:00:00Z",
            "trusted_metadata": {},
            "untrusted_metadata": {},
        })
    );
    assert_eq!(fixture.server.users(), 1);
    Ok(())
}

#[tokio::test]
async fn a_user_is_created_from_everything_described() -> Outcome {
    let fixture = Fixture::new().await?;
    let body = json!({
        "email": "grace@example.com",
        "phone_number": "+12025550143",
        "name": { "first_name": "Grace", "last_name": "Hopper" },
        "attributes": { "ip_address": "192.0.2.7", "user_agent": "test" },
        "create_user_as_pending": true,
        "trusted_metadata": { "plan": "gold" },
        "untrusted_metadata": { "theme": "dark" },
        "external_id": "crm|17",
        "roles": ["editor"],
        "not_described": [1, 2, 3],
    });
    let response = fixture.create("/v1/users", body).await?;
    let user = &response["user"];

    assert!(text(&response["phone_id"]).starts_with("phone-number-test-"));
    assert_eq!(response["status"], "pending");
    assert_eq!(user["status"], "pending");
    assert_eq!(user["phone_numbers"][0]["phone_id"], response["phone_id"]);
    assert_eq!(user["phone_numbers"][0]["phone_number"], "+12025550143");
    assert_eq!(user["name"]["first_name"], "Grace");
    assert_eq!(user["name"]["middle_name"], "");
    assert_eq!(user["trusted_metadata"], json!({ "plan": "gold" }));
    assert_eq!(user["untrusted_metadata"], json!({ "theme": "dark" }));
    assert_eq!(user["external_id"], "crm|17");
    assert_eq!(user["roles"], json!(["editor"]));

    let by_phone_alone = json!({ "phone_number": "+442079460958" });
    let response = fixture.create("/v1/users", by_phone_alone).await?;
    assert_eq!(response["email_id"], "");
    assert_eq!(response["user"]["emails"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_user_needs_plausible_addresses() -> Outcome {
    let fixture = Fixture::new().await?;
    for body in [json!({}), json!({ "email": null }), json!({ "roles": [] })] {
        fixture
            .refuse("/v1/users", body, 400, "invalid_create_user_request")
            .await?;
    }
    let long = format!("{}@example.com", "a".repeat(65));
    for email in [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@example..com",
        "ada@-example.com",
        "ada lovelace@example.com",
        "ada.@example.com",
        "ada:lovelace@example.com",
        "ada@lovelace@example.com",
        &long,
    ] {
        let body = json!({ "email": email });
        fixture.refuse("/v1/users", body, 400, "invalid_email").await?;
    }
    for number in ["", "12025550143", "+0123456789", "+1 202 555", "+12345"] {
        let body = json!({ "phone_number": number });
        fixture.refuse("/v1/users", body, 400, "invalid_phone_number").await?;
    }
    assert_eq!(fixture.server.users(), 0);
    Ok(())
}

#[tokio::test]
async fn a_user_is_not_created_twice() -> Outcome {
    let fixture = Fixture::new().await?;
    let body = json!({
        "email": "ada@example.com",
        "phone_number": "+12025550143",
        "external_id": "crm|1",
    });
    fixture.create("/v1/users", body).await?;

    for (body, error_type) in [
        (json!({ "email": "ada@example.com" }), "duplicate_email"),
        (json!({ "email": "Ada@Example.com" }), "duplicate_email"),
        (json!({ "phone_number": "+12025550143" }), "duplicate_phone_number"),
        (
            json!({ "email": "eve@example.com", "external_id": "crm|1" }),
            "duplicate_user_external_id",
        ),
    ] {
        fixture.refuse("/v1/users", body, 400, error_type).await?;
    }
    assert_eq!(fixture.server.users(), 1);
    Ok(())
}

#[tokio::test]
async fn every_operation_asks_for_the_credentials() -> Outcome {
    let fixture = Fixture::new().await?;
    let (id, secret) = (fixture.server.project_id(), fixture.server.secret());
    for path in ["/v1/users", "/v1/totps", "/v1/totps/authenticate"] {
        let url = format!("{}{path}", fixture.server.url());
        let request = || {
            let body = json!({ "email": "ada@example.com" });
            fixture.client.post(&url).json(&body)
        };
        for request in [
            request(),
            request().basic_auth(id, Some("wrong")),
            request().basic_auth("wrong", Some(secret)),
            request().basic_auth(id, None::<&str>),
            request().bearer_auth(secret),
            request().header("authorization", "Basic !"),
        ] {
            let response = request.send().await?;
            let challenge = response.headers()["www-authenticate"].to_str()?;
            assert!(challenge.starts_with("Basic "));
            let (status, body) = read(response).await?;
            assert_eq!(status, 401);
            assert_error(&body, 401, "unauthorized_credentials");
        }
    }
    assert_eq!(fixture.server.users(), 0);
    Ok(())
}

#[tokio::test]
async fn credentials_are_random_unless_chosen() -> Outcome {
    let (one, other) = (Server::start().await?, Server::start().await?);
    assert_ne!(one.project_id(), other.project_id());
    assert_ne!(one.secret(), other.secret());
    assert!(one.project_id().starts_with("project-test-"));
    assert!(one.secret().starts_with("secret-test-"));

    let chosen = Server::builder().credentials("my-project", "pass:word").start().await?;
    let response = reqwest::Client::new()
        .post(format!("{}/v1/users", chosen.url()))
        .basic_auth("my-project", Some("pass:word"))
        .json(&json!({ "email": "ada@example.com" }))
        .send()
        .await?;
    assert_eq!(response.status(), 200);

    let impossible = Server::builder().credentials("my:project", "x").start();
    let error = impossible.await.expect_err("a colon ends the user name");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    Ok(())
}
