//! The pages.

use maud::{DOCTYPE, Markup, html};

use crate::problem::Problem;
use crate::workflow::{Input, Run, Step};

/// The stages that a visitor sees. One of them covers two steps of the workflow.
const STAGES: [&str; 3] = ["Address", "Authenticator", "Done"];

/// How much of the session token is shown, in characters.
const SHOWN: usize = 8;

/// Returns the page for the current step of the run.
pub fn enrolment(run: &Run, problem: Option<Problem>) -> Markup {
    let address = run.inputs().email.as_deref();
    match run.step() {
        Some(Step::CreateUser) => email(address, problem),
        Some(Step::CreateTotp) => unfinished(address, problem),
        Some(Step::AuthenticateTotp) if problem == Some(Problem::Expired) => expired(),
        Some(Step::AuthenticateTotp) => code(run, problem),
        None => done(run),
    }
}

/// The form for the address.
pub fn email(address: Option<&str>, problem: Option<Problem>) -> Markup {
    let error = problem.filter(|problem| problem.field() == Some(Input::Email));
    let content = html! {
        h1 { "Protect your account" }
        p .lead { "Add an authenticator app as a second step when you sign in. It takes about a minute." }
        (banner(problem))
        form method="post" action="/email" {
            (field(error, "email", "E-mail address", Some("The address must not be in use yet."), &html! {
                input #email name="email" type="email" value=[address] autocomplete="email" maxlength="254"
                    required autofocus aria-invalid=[error.map(|_| "true")]
                    aria-describedby=(described("email", error));
            }))
            button { "Continue" }
        }
    };
    page(title(problem, "Protect your account"), Some(0), &content)
}

/// The page between creating the user and creating the secret. It appears only if the service failed in between.
fn unfinished(address: Option<&str>, problem: Option<Problem>) -> Markup {
    let content = html! {
        h1 { "Almost there" }
        p .lead {
            "The enrolment of " strong { (address.unwrap_or("your address")) }
            " has begun. The QR code for your authenticator app is still missing."
        }
        (banner(problem))
        form method="post" action="/continue" { button autofocus { "Get the QR code" } }
        (restart("Start over with another address"))
    };
    page(title(problem, "Almost there"), Some(0), &content)
}

/// The page with the QR code, the secret and the form for the code.
fn code(run: &Run, problem: Option<Problem>) -> Markup {
    let error = problem.filter(|problem| problem.field() == Some(Input::TotpCode));
    let address = run.inputs().email.as_deref().unwrap_or_default();
    let totp = run.steps().create_totp();
    let content = html! {
        h1 { "Add the account to your app" }
        p .lead { "For " strong { (address) } }
        (banner(problem))
        @if let Some(totp) = &totp {
            ol .instructions {
                li {
                    p { "Scan this QR code with your authenticator app." }
                    img .qr src={ "data:image/png;base64," (totp.qr_code) }
                        alt="QR code for your authenticator app. The secret is shown below as text.";
                    p .hint #secret-hint { "Cannot scan it? Type this secret into the app:" }
                    code .secret #secret aria-describedby="secret-hint" {
                        @for group in groups(&totp.secret) { span { (group) } }
                    }
                }
                li {
                    form method="post" action="/code" {
                        (field(error, "code", "Code from the app", Some("Six digits, which change every 30 seconds."), &html! {
                            input #code .digits name="code" type="text" inputmode="numeric"
                                autocomplete="one-time-code" pattern="[0-9 ]*" maxlength="12" required
                                autofocus[problem.is_some()] aria-invalid=[error.map(|_| "true")]
                                aria-describedby=(described("code", error));
                        }))
                        button { "Verify" }
                    }
                }
            }
        }
        (restart("Start over with another address"))
    };
    page(title(problem, "Add the account to your app"), Some(1), &content)
}

/// The page that replaces the form for the code when the code can no longer be accepted.
fn expired() -> Markup {
    let content = html! {
        h1 { (Problem::Expired.title()) }
        p .lead { (Problem::Expired.advice()) }
        form method="post" action="/restart" { button { "Start over" } }
    };
    page(Problem::Expired.title(), Some(1), &content)
}

/// The last page.
fn done(run: &Run) -> Markup {
    let recovery_codes = run
        .steps()
        .create_totp()
        .map(|totp| totp.recovery_codes)
        .unwrap_or_default();
    let content = html! {
        p .badge aria-hidden="true" { "✓" }
        h1 { "You are enrolled" }
        p .lead {
            "From now on, sign in as " strong { (run.inputs().email.as_deref().unwrap_or_default()) }
            " with a code from your authenticator app."
        }
        @if !recovery_codes.is_empty() {
            h2 { "Recovery codes" }
            p { "Do not store these on your phone. If you lose it, each replaces a code from the app once." }
            ul .recovery { @for code in &recovery_codes { li { code { (code) } } } }
        }
        @if let Some(outputs) = run.outputs() {
            h2 { "Session" }
            dl {
                dt { "User" } dd { code #user-id { (outputs.user_id) } }
                dt { "Authenticator" } dd { code #totp-id { (outputs.totp_id) } }
                dt { "Session token" }
                dd { code #session-token { (beginning(&outputs.session_token)) "…" } }
            }
        }
        p .hint { "This page is available for one hour." }
        (restart("Close and enrol another address"))
    };
    page("You are enrolled", Some(2), &content)
}

/// The page for an unknown enrolment.
pub fn unknown() -> Markup {
    message(
        "Enrolment not found",
        "It has finished or expired, or your browser did not store its cookie. Allow cookies for this site and start again.",
    )
}

/// The page for a form that was sent from another site.
pub fn forbidden() -> Markup {
    message(
        "This form was sent from another site",
        "It was not processed. To send it, open this site and use the form there.",
    )
}

/// The page for a form that these pages do not contain.
pub fn unreadable() -> Markup {
    message(
        "This form could not be read",
        "It was not processed. Open the page again and send the form from there.",
    )
}

/// The page for an unknown path.
pub fn not_found() -> Markup {
    message("Page not found", "Continue the enrolment on the first page.")
}

/// The page for an error of this program itself.
pub fn broken() -> Markup {
    let content = html! {
        h1 { "Something went wrong" }
        p .lead { "This is not your fault. The error has been logged. Try again, or start over." }
        p { a .button href="/" { "Try again" } }
        (restart("Start over"))
    };
    page("Something went wrong", None, &content)
}

fn message(heading: &str, advice: &str) -> Markup {
    let content = html! {
        h1 { (heading) }
        p .lead { (advice) }
        p { a .button href="/" { "Go to the enrolment" } }
    };
    page(heading, None, &content)
}

fn page(title: &str, stage: Option<usize>, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · Enrolment" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/style.css";
            }
            body {
                main {
                    @if let Some(stage) = stage {
                        ol .stages aria-label="Progress" {
                            @for (index, name) in STAGES.iter().enumerate() {
                                li .past[index < stage] aria-current=[(index == stage).then_some("step")] { (name) }
                            }
                        }
                    }
                    (content)
                }
            }
        }
    }
}

/// Returns the title of the page. A screen reader reads the title first, so it names the problem.
fn title(problem: Option<Problem>, usual: &'static str) -> &'static str {
    problem.map_or(usual, Problem::title)
}

/// Shows a problem that does not concern a field.
fn banner(problem: Option<Problem>) -> Markup {
    html! {
        @if let Some(problem) = problem.filter(|problem| problem.field().is_none()) {
            div .banner role="alert" {
                strong { (problem.title()) }
                p { (problem.advice()) }
            }
        }
    }
}

fn field(error: Option<Problem>, name: &str, label: &str, hint: Option<&str>, input: &Markup) -> Markup {
    html! {
        label for=(name) { (label) }
        @if let Some(hint) = hint { p .hint id={ (name) "-hint" } { (hint) } }
        (input)
        @if let Some(error) = error {
            p .error id={ (name) "-error" } role="alert" { strong { (error.title()) } " " (error.advice()) }
        }
    }
}

/// Returns the ids of the elements that describe a field.
fn described(name: &str, error: Option<Problem>) -> String {
    match error {
        Some(_) => format!("{name}-error {name}-hint"),
        None => format!("{name}-hint"),
    }
}

fn restart(text: &str) -> Markup {
    html! {
        form .restart method="post" action="/restart" { button .quiet { (text) } }
    }
}

/// Splits a secret into groups of four letters, which are easier to type.
fn groups(secret: &str) -> Vec<String> {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect()).collect()
}

fn beginning(token: &str) -> String {
    token.chars().take(SHOWN).collect()
}
