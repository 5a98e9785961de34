//! Sessions.

use super::*;

#[tokio::test]
async fn there_is_no_session_unless_asked_for() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let body = json!({
        "user_id": user_id,
        "totp_code": fixture.code(&secret)?,
        "session_duration_minutes": null,
        "session_custom_claims": { "team": "blue" },
    });
    let response = fixture.create("/v1/totps/authenticate", body).await?;
    assert_eq!(response["session_token"], "");
    assert_eq!(response["session_jwt"], "");
    assert_eq!(response.get("session"), None);
    Ok(())
}

#[tokio::test]
async fn a_session_is_started_when_asked_for() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let path = "/v1/totps/authenticate";
    let body = |minutes: Value| {
        let code = fixture.code(&secret)?;
        Ok::<_, CodeError>(json!({
            "user_id": user_id,
            "totp_code": code,
            "session_duration_minutes": minutes,
            "session_custom_claims": { "team": "blue", "sub": "somebody else" },
        }))
    };
    for minutes in [json!(-5), json!(0), json!(4), json!(527_041)] {
        fixture
            .refuse(path, body(minutes)?, 400, "invalid_session_duration_minutes")
            .await?;
    }
    for minutes in [json!("60"), json!(60.5)] {
        fixture.refuse(path, body(minutes)?, 400, "bad_request").await?;
    }

    let response = fixture.create(path, body(json!(60))?).await?;
    let session = &response["session"];
    assert!(text(&session["session_id"]).starts_with("session-test-"));
    assert_eq!(
        *session,
        json!({
            "session_id": session["session_id"],
            "user_id": user_id,
            "authentication_factors": [{
                "type": "totp",
                "delivery_method": "authenticator_app",
                "last_authenticated_at": "2027-01-15T08:00:00Z",
                "created_at": "2027-01-15T08:00:00Z",
                "updated_at": "2027-01-15T08:00:00Z",
                "authenticator_app_factor": { "totp_id": response["totp_id"] },
            }],
            "roles": [],
            "started_at": "2027-01-15T08:00:00Z",
            "last_accessed_at": "2027-01-15T08:00:00Z",
            "expires_at": "2027-01-15T09:00:00Z",
            "custom_claims": { "team": "blue" },
        })
    );
    assert!(text(&response["session_token"]).len() >= 43);

    let parts = text(&response["session_jwt"])
        .split('.')
        .map(|part| URL_SAFE_NO_PAD.decode(part))
        .collect::<Result<Vec<_>, _>>()?;
    let [header, claims, signature] = parts.as_slice() else {
        panic!("{} parts", parts.len());
    };
    let header: Value = serde_json::from_slice(header)?;
    assert_eq!(header, json!({ "alg": "HS256", "typ": "JWT" }));
    let claims: Value = serde_json::from_slice(claims)?;
    assert_eq!(claims["sub"], user_id.as_str());
    assert_eq!(claims["aud"], json!([fixture.server.project_id()]));
    assert_eq!(claims["iat"], START);
    assert_eq!(claims["exp"], START + 300);
    assert_eq!(claims["team"], "blue");
    let session_claim = &claims["https://stytch.com/session"];
    assert_eq!(session_claim["id"], session["session_id"]);
    assert_eq!(signature.len(), 32);
    Ok(())
}

#[tokio::test]
async fn a_session_goes_on_by_its_token_or_its_jwt() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let path = "/v1/totps/authenticate";
    let with = |member: Value| {
        let mut body = json!({
            "user_id": user_id,
            "totp_code": fixture.code(&secret)?,
            "session_duration_minutes": 10,
        });
        if let (Value::Object(body), Value::Object(member)) = (&mut body, member) {
            body.extend(member);
        }
        Ok::<_, CodeError>(body)
    };

    let claims = json!({ "session_custom_claims": { "team": "blue", "level": 1 } });
    let first = fixture.create(path, with(claims)?).await?;
    let (token, jwt) = (&first["session_token"], &first["session_jwt"]);

    fixture.clock.advance(60);
    let both = json!({ "session_token": token, "session_jwt": jwt });
    fixture
        .refuse(path, with(both)?, 400, "too_many_session_arguments")
        .await?;
    let unknown = json!({ "session_token": "unknown" });
    fixture.refuse(path, with(unknown)?, 404, "session_not_found").await?;
    let large = json!({ "session_custom_claims": { "text": "x".repeat(4096) } });
    fixture
        .refuse(path, with(large)?, 400, "custom_claims_too_large")
        .await?;

    let by_token = json!({
        "session_token": token,
        "session_custom_claims": { "team": null, "level": 2 },
    });
    let second = fixture.create(path, with(by_token)?).await?;
    assert_eq!(second["session_token"], *token);
    let (before, after) = (&first["session"], &second["session"]);
    assert_eq!(after["session_id"], before["session_id"]);
    assert_eq!(after["started_at"], "2027-01-15T08:00:00Z");
    assert_eq!(after["expires_at"], "2027-01-15T08:11:00Z");
    assert_eq!(after["custom_claims"], json!({ "level": 2 }));
    let factors = after["authentication_factors"].as_array();
    assert_eq!(factors.map(Vec::len), Some(1));

    fixture.clock.advance(60);
    let by_jwt = json!({ "session_jwt": jwt });
    let third = fixture.create(path, with(by_jwt)?).await?;
    assert_eq!(third["session"]["session_id"], before["session_id"]);

    let (stranger, other_secret) = fixture.enrolled("eve@example.com").await?;
    let body = json!({
        "user_id": stranger,
        "totp_code": fixture.code(&other_secret)?,
        "session_token": token,
    });
    fixture.refuse(path, body, 404, "session_not_found").await?;

    fixture.clock.advance(600);
    let expired = json!({ "session_token": token });
    fixture.refuse(path, with(expired)?, 404, "session_not_found").await?;
    Ok(())
}
