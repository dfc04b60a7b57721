//! The program; [`incognito::cli`] says what it can do.

fn main() -> std::process::ExitCode {
    actix_web::rt::System::new().block_on(incognito::cli::run())
}
