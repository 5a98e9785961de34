//! Enrols a user into TOTP with Stytch.
//!
//! Without credentials, it starts a stand-in for the service in this process. With `STYTCH_PROJECT_ID` and
//! `STYTCH_SECRET`, it calls the real service, at `STYTCH_BASE_URL` if that is set, otherwise at the test environment.
//! The first argument is the e-mail address to enrol.
//!
//! On a terminal, it shows a progress bar and the QR code, and asks for the code from the authenticator app. Otherwise
//! it computes the code from the secret.

use std::error::Error;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

use arazzo::{Client, Credential, ErrorKind, Event, EventKind, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use stytch_stand_in as stytch;

arazzo::arazzo_workflow!("stytch-totp-enrollment-workflow.yml");

use totp_enrollment::{Input, PartialInputs, Run, Step};

/// URL of Stytch's test environment.
const TEST_ENVIRONMENT: &str = "https://test.stytch.com";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Service::find().await?;
    let bar = ProgressBar::no_length().with_style(ProgressStyle::with_template("[{bar:12}] {pos}/{len} {msg}")?);
    let watched = bar.clone();
    let client = Client::builder()
        .observer(move |event: &Event<'_>| show(&watched, event))
        .source("stytchConsumerApi", |api| {
            api.base_url(&service.url)
                .credential(Credential::basic(&service.project_id, &service.secret))
        })
        .build()?;

    let email = match std::env::args().nth(1) {
        Some(email) => email,
        None => format!(
            "ada+{}@example.com",
            SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs()
        ),
    };
    println!("Enrolling {email} at {}\n", service.url);
    let mut run = Run::new(PartialInputs::new().email(&email).session_duration_minutes(60));

    let outputs = loop {
        let step = run.step();
        match run.advance(&client).await {
            Ok(Progress::Awaiting(missing)) if missing == [Input::TotpCode] => {
                let code = bar.suspend(|| code(&run, &email))?;
                run.inputs_mut().totp_code = Some(code);
                continue;
            }
            Ok(Progress::Awaiting(missing)) => return Err(format!("missing inputs: {missing:?}").into()),
            Ok(Progress::Wait(duration)) => tokio::time::sleep(duration).await,
            Ok(Progress::Done(outputs)) => {
                report(step, &bar);
                break outputs;
            }
            Ok(_) => report(step, &bar),
            Err(error) if was_wrong(step, &error) && io::stdin().is_terminal() => {
                // The run is still at the same step: another code retries the step.
                let code = bar.suspend(|| {
                    println!("The code was not accepted. Enter it again, or wait for the next one.");
                    ask()
                });
                run.inputs_mut().totp_code = Some(code?);
            }
            Err(error) => return Err(error.into()),
        }
    };

    println!("\nuserId        {}", outputs.user_id);
    println!("totpId        {}", outputs.totp_id);
    println!("sessionToken  {}", outputs.session_token);
    Ok(())
}

fn report(step: Option<Step>, bar: &ProgressBar) {
    if let Some(step) = step {
        bar.suspend(|| println!("done: {step}"));
    }
}

/// Moves the bar to the current step of a run.
fn show(bar: &ProgressBar, event: &Event<'_>) {
    let number = u64::try_from(event.number).unwrap_or_default();
    match event.kind {
        EventKind::Request { method, path, .. } => {
            bar.set_length(u64::try_from(event.steps).unwrap_or_default());
            bar.set_position(number.saturating_sub(1));
            bar.set_message(format!("{method} {path}"));
            bar.tick();
        }
        EventKind::Finished { error: None, .. } => {
            bar.set_position(number);
            bar.finish_with_message("done");
        }
        _ => {}
    }
}

/// Returns whether the service refused the code, and only the code.
fn was_wrong(step: Option<Step>, error: &arazzo::Error) -> bool {
    let refused = error
        .status()
        .is_some_and(|status| matches!(status.as_u16(), 400 | 401 | 404));
    step == Some(Step::AuthenticateTotp) && error.kind() == ErrorKind::Criterion && refused
}

/// Returns the code of the authenticator app.
fn code(run: &Run, email: &str) -> Result<String, Box<dyn Error>> {
    let totp = run
        .steps()
        .create_totp()
        .ok_or("the service has not returned a secret yet")?;
    if !io::stdin().is_terminal() {
        return Ok(stytch::totp_code(&totp.secret, SystemTime::now())?);
    }
    let address = email.replace('@', "%40").replace('+', "%2B");
    let url = format!("otpauth://totp/Stytch:{address}?secret={}&issuer=Stytch", totp.secret);
    // On a dark background, the light modules are the ones that must be drawn.
    let picture = QrCode::new(url)?
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .build();
    println!(
        "\nScan this with an authenticator app, or enter this secret into it: {}\n",
        totp.secret
    );
    println!("{picture}");
    ask()
}

fn ask() -> Result<String, Box<dyn Error>> {
    print!("Code: ");
    io::stdout().flush()?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err("no code was entered".into());
    }
    Ok(line.trim().to_owned())
}

/// The service that the workflow calls.
struct Service {
    url: String,
    project_id: String,
    secret: String,
    /// Keeps the stand-in running.
    _stand_in: Option<stytch::Server>,
}

impl Service {
    async fn find() -> io::Result<Self> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let (Some(project_id), Some(secret)) = (variable("STYTCH_PROJECT_ID"), variable("STYTCH_SECRET")) {
            let url = variable("STYTCH_BASE_URL").unwrap_or_else(|| TEST_ENVIRONMENT.to_owned());
            return Ok(Self {
                url,
                project_id,
                secret,
                _stand_in: None,
            });
        }
        println!("STYTCH_PROJECT_ID and STYTCH_SECRET are not set: using a stand-in for the service.");
        let server = stytch::Server::start().await?;
        let (url, project_id, secret) = (
            server.url().to_owned(),
            server.project_id().to_owned(),
            server.secret().to_owned(),
        );
        Ok(Self {
            url,
            project_id,
            secret,
            _stand_in: Some(server),
        })
    }
}
