import Foundation
import FlagdTestSupport
import XCTest

#if os(Linux)
/// The provider in a bad neighbourhood: a server that is killed, frozen, restarted and recycled at random while it sends bursts of up
/// to a hundred updates a second, with two threads that evaluate all the time.
///
/// Runs for about `FLAGD_SOAK_SECONDS` (8), but always one whole round of troubles; `FLAGD_SOAK_SEED` repeats an order of them.
final class SoakTests: XCTestCase {
    func testRandomTroubles() async throws {
        _ = try Tool.pythonWithGRPC()
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["FLAGD_SOAK_SECONDS"].flatMap(Int.init) ?? 8
        let seed = environment["FLAGD_SOAK_SEED"].flatMap(UInt64.init) ?? 1
        let soak = try Soak(seed: seed)
        do {
            try await soak.run(for: .seconds(seconds))
        } catch {
            XCTFail("seed \(seed): \(error)")
        }
        await soak.end()
        let problems = await soak.problems()
        XCTAssertEqual(problems, [], "seed \(seed)")
        print(await soak.summary())
    }
}
#endif
