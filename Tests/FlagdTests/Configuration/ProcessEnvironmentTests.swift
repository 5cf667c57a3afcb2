import Foundation
import XCTest

@testable import Flagd

final class ProcessEnvironmentTests: XCTestCase {
    func testHasTheProcessVariables() {
        let variables = ProcessEnvironment.variables
        XCTAssertEqual(variables["PATH"], ProcessInfo.processInfo.environment["PATH"])
        XCTAssertEqual(variables.count, ProcessInfo.processInfo.environment.count)
    }
}
