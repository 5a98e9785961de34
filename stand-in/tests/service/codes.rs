//! Secrets, and the codes that come of them.

use super::*;

#[test]
fn codes_are_those_of_rfc_6238() -> Outcome {
    // Appendix B lists eight digits; a code of six is the last six of them.
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (seconds, listed) in [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        assert_eq!(totp_code(secret, at(seconds))?, listed[2..]);
    }
    Ok(())
}

#[test]
fn codes_need_a_proper_secret_and_time() {
    let now = at(START);
    assert_eq!(totp_code("not base32!", now), Err(CodeError::NotBase32));
    assert_eq!(totp_code("GEZDGNBV", now), Err(CodeError::SecretTooShort));
    assert_eq!(
        totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", UNIX_EPOCH - Duration::from_secs(1)),
        Err(CodeError::BeforeEpoch)
    );
}

#[tokio::test]
async fn enrolling_gives_a_secret_and_recovery_codes() -> Outcome {
    let fixture = Fixture::new().await?;
    let user_id = fixture.user("ada@example.com").await?;
    let response = fixture.create("/v1/totps", json!({ "user_id": user_id })).await?;

    assert!(text(&response["totp_id"]).starts_with("totp-test-"));
    assert_eq!(response["user_id"], user_id.as_str());
    assert_eq!(
        response["user"]["totps"],
        json!([{ "totp_id": response["totp_id"], "verified": false }])
    );

    // 32 characters of five bits each.
    let secret = text(&response["secret"]);
    assert_eq!(secret.len(), 32);
    assert!(secret.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')));

    let codes: HashSet<&str> = response["recovery_codes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(text)
        .collect();
    assert_eq!(codes.len(), 10);
    for code in codes {
        let groups: Vec<&str> = code.split('-').collect();
        assert_eq!(groups.len(), 3, "{code}");
        assert!(groups.iter().all(|group| group.len() == 4), "{code}");
    }
    Ok(())
}

#[tokio::test]
async fn the_qr_code_holds_the_otpauth_url() -> Outcome {
    let fixture = Fixture::new().await?;
    let user_id = fixture.user("ada+tag@example.com").await?;
    let response = fixture.create("/v1/totps", json!({ "user_id": user_id })).await?;

    let image = STANDARD.decode(text(&response["qr_code"]))?;
    let mut reader = png::Decoder::new(Cursor::new(image)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let info = reader.next_frame(&mut pixels)?;
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    assert_eq!(info.bit_depth, png::BitDepth::Eight);
    let width = usize::try_from(info.width)?;
    let height = usize::try_from(info.height)?;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    let (_, content) = grids[0].decode()?;

    let url = Url::parse(&content)?;
    assert_eq!(url.scheme(), "otpauth");
    assert_eq!(url.host_str(), Some("totp"));
    assert_eq!(url.path(), "/Stytch%20stand-in:ada%2Btag%40example.com");
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let secret = text(&response["secret"]).to_owned();
    assert!(query.contains(&("secret".into(), secret)), "{content}");
    let issuer = "Stytch stand-in".to_owned();
    assert!(query.contains(&("issuer".into(), issuer)), "{content}");
    Ok(())
}

#[tokio::test]
async fn enrolling_needs_a_known_user_and_a_proper_expiration() -> Outcome {
    let fixture = Fixture::new().await?;
    let body = json!({ "email": "ada@example.com", "external_id": "crm|1" });
    fixture.create("/v1/users", body).await?;

    let nobody = json!({ "user_id": "user-test-nobody" });
    fixture.refuse("/v1/totps", nobody, 404, "user_not_found").await?;
    for body in [json!({}), json!({ "user_id": "" })] {
        fixture.refuse("/v1/totps", body, 400, "invalid_user_id").await?;
    }
    for minutes in [-1, 0, 4, 1441] {
        let body = json!({ "user_id": "crm|1", "expiration_minutes": minutes });
        fixture.refuse("/v1/totps", body, 400, "invalid_expiration").await?;
    }
    for minutes in [5, 1440] {
        let body = json!({ "user_id": "crm|1", "expiration_minutes": minutes });
        fixture.create("/v1/totps", body).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_current_code_verifies_the_totp() -> Outcome {
    // By the clock of the system: what an authenticator app would do.
    let server = Server::start().await?;
    let client = reqwest::Client::new();
    let post = async |path: &str, body: Value| {
        let request = client
            .post(format!("{}{path}", server.url()))
            .basic_auth(server.project_id(), Some(server.secret()))
            .json(&body);
        read(request.send().await?).await
    };

    let body = json!({ "email": "ada@example.com", "create_user_as_pending": true });
    let (_, user) = post("/v1/users", body).await?;
    let user_id = &user["user_id"];
    let (_, totp) = post("/v1/totps", json!({ "user_id": user_id })).await?;
    let code = totp_code(text(&totp["secret"]), SystemTime::now())?;
    let body = json!({ "user_id": user_id, "totp_code": code });
    let (status, response) = post("/v1/totps/authenticate", body).await?;

    assert_eq!(status, 200, "{response}");
    assert_eq!(response["user_id"], *user_id);
    assert_eq!(response["totp_id"], totp["totp_id"]);
    assert_eq!(response["user"]["status"], "active");
    assert_eq!(
        response["user"]["totps"],
        json!([{ "totp_id": totp["totp_id"], "verified": true }])
    );
    Ok(())
}

#[tokio::test]
async fn a_wrong_code_is_refused() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let current = fixture.code(&secret)?;
    // The first code that none of the three steps of the window has.
    let window: Vec<String> = [START - 30, START, START + 30]
        .into_iter()
        .map(|seconds| totp_code(&secret, at(seconds)))
        .collect::<Result<_, _>>()?;
    let wrong = (0..4)
        .map(|number| format!("{number:06}"))
        .find(|code| !window.contains(code))
        .ok_or("three codes cannot be four")?;

    let body = json!({ "user_id": user_id, "totp_code": wrong });
    let path = "/v1/totps/authenticate";
    fixture.refuse(path, body, 401, "unable_to_authenticate_totp").await?;
    for malformed in ["", "12345", "1234567", "12345a", "١٢٣"] {
        let body = json!({ "user_id": user_id, "totp_code": malformed });
        fixture.refuse(path, body, 400, "invalid_totp_code").await?;
    }
    let body = json!({ "user_id": user_id });
    fixture.refuse(path, body, 400, "invalid_totp_code").await?;
    let body = json!({ "totp_code": current });
    fixture.refuse(path, body, 400, "invalid_user_id").await?;
    let body = json!({ "user_id": "user-test-nobody", "totp_code": current });
    fixture.refuse(path, body, 404, "user_not_found").await?;

    let stranger = fixture.user("eve@example.com").await?;
    let body = json!({ "user_id": stranger, "totp_code": current });
    fixture.refuse(path, body, 404, "totps_not_found_for_user").await?;

    // None of which used the code up.
    let body = json!({ "user_id": user_id, "totp_code": current });
    fixture.create(path, body).await?;
    Ok(())
}

#[tokio::test]
async fn a_code_authenticates_once() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let path = "/v1/totps/authenticate";
    let body = json!({ "user_id": user_id, "totp_code": fixture.code(&secret)? });

    fixture.create(path, body.clone()).await?;
    fixture
        .refuse(path, body.clone(), 401, "totp_code_already_authenticated")
        .await?;
    fixture.clock.advance(30);
    fixture
        .refuse(path, body, 401, "totp_code_already_authenticated")
        .await?;
    let next = json!({ "user_id": user_id, "totp_code": fixture.code(&secret)? });
    fixture.create(path, next).await?;
    Ok(())
}

#[tokio::test]
async fn the_window_is_one_step_on_either_side() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let path = "/v1/totps/authenticate";
    // In the middle of a step, so that whole steps away stay whole steps away.
    fixture.clock.advance(15);
    let now = START + 15;

    for seconds in [now - 60, now + 60] {
        let body = json!({ "user_id": user_id, "totp_code": totp_code(&secret, at(seconds))? });
        fixture.refuse(path, body, 401, "unable_to_authenticate_totp").await?;
    }
    for seconds in [now - 30, now, now + 30] {
        let body = json!({ "user_id": user_id, "totp_code": totp_code(&secret, at(seconds))? });
        fixture.create(path, body).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_enrollment_expires_unless_verified() -> Outcome {
    let fixture = Fixture::new().await?;
    let path = "/v1/totps/authenticate";
    let mut secrets = Vec::new();
    for email in ["early@example.com", "late@example.com"] {
        let user_id = fixture.user(email).await?;
        let body = json!({ "user_id": user_id, "expiration_minutes": 5 });
        let totp = fixture.create("/v1/totps", body).await?;
        secrets.push((user_id, text(&totp["secret"]).to_owned()));
    }
    let body = |(user_id, secret): &(String, String)| {
        Ok::<_, CodeError>(json!({ "user_id": user_id, "totp_code": fixture.code(secret)? }))
    };

    fixture.clock.advance(299);
    fixture.create(path, body(&secrets[0])?).await?;
    fixture.clock.advance(1);
    fixture.create(path, body(&secrets[0])?).await?;
    fixture.refuse(path, body(&secrets[1])?, 401, "expired_totp").await?;
    Ok(())
}

#[tokio::test]
async fn a_user_has_one_verified_totp() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, abandoned) = fixture.enrolled("ada@example.com").await?;
    let again = json!({ "user_id": user_id });
    let totp = fixture.create("/v1/totps", again.clone()).await?;
    assert_ne!(totp["secret"], abandoned.as_str());

    let code = fixture.code(text(&totp["secret"]))?;
    let body = json!({ "user_id": user_id, "totp_code": code });
    let response = fixture.create("/v1/totps/authenticate", body).await?;
    assert_eq!(
        response["user"]["totps"],
        json!([{ "totp_id": totp["totp_id"], "verified": true }])
    );
    fixture.refuse("/v1/totps", again, 400, "active_totp_exists").await?;
    Ok(())
}
