use std::process::ExitCode;

fn main() -> ExitCode {
    bangtin::media::child::run()
}
