import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// That a backup was made, or was not, is known to the deployment: at once, or when its server takes the note in.
struct BackupRecorderTests {
    private static func recorder(_ fixture: BackupFixture) throws -> BackupRecorder {
        BackupRecorder(try fixture.home.blueprint(), logger: DeploymentFolder.logger)
    }

    @Test(arguments: TestEngine.allCases)
    func whatWasMadeAndWhatFailedIsKept(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            let made = try await fixture.backUp()
            try await Self.recorder(fixture).made(made.path, made.description)
            try await Self.recorder(fixture).failed(StorageError(.full, "the disk is full"))
            // What others throw may hold anything.
            try await Self.recorder(fixture).failed(Stranger(secret: "hunter2"))
            try await fixture.home.open { deployment in
                let intake = deployment.backupIntake(logger: DeploymentFolder.logger)
                #expect((intake == nil) == (engine == .postgres))
                try await intake?.step()
            }

            let rows = try await fixture.rows(
                fixture.home, "SELECT place, bytes, row_count, failure FROM {kernel.backup} ORDER BY began_at, id")

            #expect(rows.count == 3)
            #expect(rows.contains([made.path, "\(made.description.bytes)", "\(made.description.rows)", nil]))
            #expect(rows.contains([nil, nil, nil, "the disk is full"]))
            #expect(rows.contains([nil, nil, nil, "Stranger"]))
            // One that has been recorded is in the next backup, and comes back with it.
            try await fixture.backUp("second")
            try await fixture.restore("second")
            let back = try await fixture.rows(fixture.away, "SELECT place FROM {kernel.backup} ORDER BY began_at, id")
            #expect(back.count == 3)
        }
    }
}

private struct Stranger: Error {
    let secret: String
}
