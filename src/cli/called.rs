//! What the program was called with: the help and what is wrong with a call, in the language of the screens.

use super::{Cli, Halt, say};
use crate::config::{self, Complaint};
use crate::words::{self, Said};
use clap::error::{ContextKind, Error, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory, FromArgMatches};

/// Reads the arguments; nothing for who only asked for help and has got it.
pub(super) fn with() -> Result<Option<Cli>, Halt> {
    let help = Command::new("help").about(words::text("command-help")).disable_help_flag(true);
    let mut command = in_words(Cli::command(), "").subcommand(help);
    let found = command.try_get_matches_from_mut(config::arguments());
    if found.as_ref().is_ok_and(|found| found.subcommand_name() == Some("help")) {
        say(command.render_help());
        return Ok(None);
    }
    found.and_then(|found| Cli::from_arg_matches(&found)).map(Some).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.exit(),
        _ => Complaint::from(wrong(&error)).into(),
    })
}

/// The same commands with the words of the catalogue where clap has its own. `before` is how one gets to this one.
fn in_words(command: Command, before: &str) -> Command {
    let path = format!("{before}{}", command.get_name());
    let (usage, heading) = (usage(&command, &path), words::text("command-usage"));
    let (arguments, options) = (words::text("command-arguments"), words::text("command-options"));
    // The settings, which every command has, stand below what it has of its own, in the order of the manual.
    let mut places = 100..;
    let headed = |argument: Arg| match (argument.is_positional(), argument.is_global_set()) {
        (true, _) => argument.help_heading(arguments),
        (false, true) => argument.help_heading(options).display_order(places.next().unwrap_or_default()),
        (false, false) => argument.help_heading(options),
    };
    let last = |name: &'static str, short, action| Arg::new(name).long(name).short(short).action(action).display_order(1_000);
    command
        .help_template(format!("{{about-with-newline}}\n{heading}: {usage}\n\n{{all-args}}"))
        .subcommand_help_heading(words::text("command-orders"))
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(last("help", 'h', ArgAction::Help).help(words::text("command-help")))
        .arg(last("version", 'V', ArgAction::Version).help(words::text("command-version")))
        .mut_args(headed)
        .mut_subcommands(|command| in_words(command, &format!("{path} ")))
}

/// `spoolboard import RUTA [OPCIONES]`, as the help says it.
fn usage(command: &Command, path: &str) -> String {
    let names = command.get_positionals().filter_map(|argument| argument.get_value_names()).flatten();
    let mut parts: Vec<String> = std::iter::once(path.to_owned()).chain(names.map(ToString::to_string)).collect();
    if command.has_subcommands() {
        parts.push(format!("[{}]", words::text("value-order")));
    }
    parts.push(format!("[{}]", words::text("command-options").to_uppercase()));
    parts.join(" ")
}

/// What is wrong with a call.
fn wrong(error: &Error) -> Said {
    let of = |kind: ContextKind| error.get(kind).map(ToString::to_string).filter(|text| !text.is_empty());
    let what = of(ContextKind::InvalidArg).or_else(|| of(ContextKind::InvalidSubcommand));
    match (error.kind(), what) {
        (ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _) => {
            words::say("command-lacks").with("what", words::text("value-order")).with("help", HELP)
        }
        (ErrorKind::InvalidUtf8, _) => words::say("command-not-text").with("help", HELP),
        (ErrorKind::MissingRequiredArgument, Some(what)) => words::say("command-lacks").with("what", what).with("help", HELP),
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(what)) => {
            let value = of(ContextKind::InvalidValue);
            match value {
                Some(value) => words::say("command-bad-value").with("value", value).with("what", what).with("help", HELP),
                None => words::say("command-lacks").with("what", what).with("help", HELP),
            }
        }
        (_, Some(what)) => words::say("command-unknown").with("what", what).with("help", HELP),
        (_, None) => words::say("command-not-understood").with("help", HELP),
    }
}

const HELP: &str = "spoolboard --help";
