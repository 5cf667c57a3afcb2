import XCTest

@testable import flagd_inspect

final class HelpTests: XCTestCase {
    func testTheOverviewNamesEveryCommand() {
        for command in Command.all { XCTAssertTrue(Help.overview.contains("  \(command.name) "), command.name) }
        XCTAssertFalse(Help.overview.contains("\n    usage"), "the text is not indented")
    }

    func testACommandsHelpNamesEveryOptionWithItsArgument() {
        for command in Command.all {
            let text = Help.text(of: command)
            XCTAssertTrue(text.hasPrefix("usage: flagd-inspect \(command.name)"), text)
            for option in command.options {
                let words = ["--\(option.name)", option.argument].compactMap(\.self).joined(separator: " ")
                XCTAssertTrue(text.contains("  \(words)"), "\(command.name): \(words)")
            }
        }
    }

    func testNoTwoOptionsOfACommandHaveTheSameName() {
        for command in Command.all {
            let names = command.options.flatMap { [$0.name] + $0.aliases }
            XCTAssertEqual(Set(names).count, names.count, command.name)
        }
    }
}
