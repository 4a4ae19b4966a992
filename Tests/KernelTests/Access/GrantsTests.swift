import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What is granted for a time, and what is left where two say what may be done.
struct GrantsTests {
    private let now = TestClock.start
    private let read = Notes.canRead
    private let write = Notes.canWrite

    private func timed(_ permission: Permission, _ scope: AccessScope, _ minutes: Int64) -> Grants.Timed {
        Grants.Timed(permission: permission, scope: scope, until: self.now.adding(minutes: minutes))
    }

    @Test func whatIsGrantedForATimeIsOverAtExactlyItsEnd() {
        let grants = Grants(lasting: [self.read: .own], timed: [self.timed(self.read, .organization, 10)])
        let end = self.now.adding(minutes: 10)

        #expect(grants.at(self.now).scope(of: self.read) == .organization)
        #expect(grants.at(end.adding(microseconds: -1)).scope(of: self.read) == .organization)
        #expect(grants.at(end).scope(of: self.read) == .own)
        #expect(!grants.ends(by: end.adding(microseconds: -1)))
        #expect(grants.ends(by: end))
    }

    @Test func aNarrowerGrantForATimeTakesNothingAway() {
        let grants = Grants(lasting: [self.read: .organization], timed: [self.timed(self.read, .own, 10)])

        #expect(grants.scope(of: self.read) == .organization)
        #expect(grants.at(self.now.adding(minutes: 10)).scope(of: self.read) == .organization)
    }

    @Test func whatIsHeldForATimeIsHeldNoLonger() {
        let grants = Grants(lasting: [self.write: .own], timed: [self.timed(self.write, .organization, 10)])

        #expect(grants.scope(of: self.write, until: nil) == .own)
        #expect(grants.scope(of: self.write, until: self.now.adding(minutes: 10)) == .organization)
        #expect(grants.scope(of: self.write, until: self.now.adding(minutes: 11)) == .own)
        #expect(grants.scope(of: self.read, until: self.now) == nil)
    }

    @Test func limitingLeavesWhatBothAllow() {
        let wide = Grants(lasting: [self.read: .organization, self.write: .own], timed: [])
        let other = Grants(lasting: [self.read: .assigned], timed: [self.timed(self.read, .organization, 5)])

        #expect(wide.limited(to: Grants([self.read: .assigned])) == Grants([self.read: .assigned]))
        #expect(other.limited(to: Grants([self.read: .own])).all.map(\.scope) == [.own])
        #expect(wide.limited(to: .none) == .none)
        #expect(wide.without([self.read]) == Grants([self.write: .own]))
        #expect(
            wide.missing(from: Grants([self.write: .organization])).map(\.description) == [
                "notes:write (organization)"
            ])
        #expect(wide.missing(from: Grants([self.read: .own])).isEmpty)
    }
}
