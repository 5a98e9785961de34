//! The pages.

use maud::{DOCTYPE, Markup, html};

use crate::problem::Problem;
use crate::workflow::{Input, Run, Step};

/// The stages that a person sees; two steps of the workflow are one of them.
const STAGES: [&str; 3] = ["Address", "Authenticator", "Done"];

/// How much of the session token is shown, in characters.
const SHOWN: usize = 8;

/// The page for where the run stands.
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
            (field(error, "email", "E-mail address", Some("It must not belong to a user yet."), &html! {
                input #email name="email" type="email" value=[address] autocomplete="email" maxlength="254"
                    required autofocus aria-invalid=[error.map(|_| "true")]
                    aria-describedby=(described("email", error));
            }))
            button { "Continue" }
        }
    };
    page(title(problem, "Protect your account"), Some(0), &content)
}

/// The page between user and secret: one sees it only if the service failed in between.
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

/// QR code, secret and the form for the code.
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
                        alt="QR code for your authenticator app. Its secret stands below as text.";
                    p .hint #secret-hint { "Cannot scan it? Type this secret into the app:" }
                    code .secret #secret aria-describedby="secret-hint" {
                        @for group in groups(&totp.secret) { span { (group) } }
                    }
                }
                li {
                    form method="post" action="/code" {
                        (field(error, "code", "Code that the app shows", Some("Six digits; a new one comes every 30 seconds."), &html! {
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

/// Instead of the form for the code, which nobody would take any more.
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
            " with a code of your authenticator app."
        }
        @if !recovery_codes.is_empty() {
            h2 { "Recovery codes" }
            p { "Keep these where your phone is not. Each stands in for a code of the app once, should you lose it." }
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
        p .hint { "This page can be looked at for an hour." }
        (restart("Close and enrol another address"))
    };
    page("You are enrolled", Some(2), &content)
}

/// For an enrolment that is not there.
pub fn unknown() -> Markup {
    message(
        "This enrolment is not known",
        "It is finished or too old, or your browser has not kept its cookie. Allow cookies for this site and start again.",
    )
}

/// For a form from elsewhere.
pub fn forbidden() -> Markup {
    message(
        "This form came from elsewhere",
        "Nothing was done with it. If you meant it, open this site and send the form from there.",
    )
}

/// For a form that is none of these pages'.
pub fn unreadable() -> Markup {
    message(
        "This form cannot be read",
        "Nothing was done with it. Open the page again and send the form from there.",
    )
}

/// For an address without a page.
pub fn not_found() -> Markup {
    message("There is no such page", "The enrolment goes on at the first page.")
}

/// For an error of this program's own.
pub fn broken() -> Markup {
    let content = html! {
        h1 { "Something went wrong here" }
        p .lead { "It is not your fault, and it has been noted. Try again; if it does not help, start over." }
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

/// A screen reader says the title first: it has to tell of the problem.
fn title(problem: Option<Problem>, usual: &'static str) -> &'static str {
    problem.map_or(usual, Problem::title)
}

/// A problem that is about no field.
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

/// The ids of what describes a field.
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

/// A secret in fours, which are easier to type.
fn groups(secret: &str) -> Vec<String> {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect()).collect()
}

fn beginning(token: &str) -> String {
    token.chars().take(SHOWN).collect()
}
