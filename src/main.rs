//! The program; [`incognito::cli`] says what it can do.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    actix_web::rt::System::new().block_on(incognito::cli::run())
}
