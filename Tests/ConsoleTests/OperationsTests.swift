import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// What an organization sees of its events and jobs, what it does with them, and what it never sees.
struct OperationsTests {
    /// A platform in whose northern organization an event and a job have failed for good.
    private func withTrouble(_ engine: TestEngine, _ body: (TestPlatform) async throws -> Void) async throws {
        try await withPlatform(engine, plugins: [Troubled.self]) { platform in
            try await platform.run(Troubled.begin, of: "troubled", 1)
            try await platform.deliverEvents()
            _ = try await platform.runtime.scheduler.drain()
            try await body(platform)
        }
    }

    private func only(_ answer: APIAnswer) throws -> JSON {
        let items = try #require(try answer.expect(200)["items"]?.array)
        #expect(items.count == 1)
        return try #require(items.first)
    }

    @Test(arguments: TestEngine.allCases)
    func whatFailedIsShownAndTriedAgain(_ engine: TestEngine) async throws {
        try await self.withTrouble(engine) { platform in
            let client = try await platform.client(as: .admin)
            let event = try self.only(await client.get("/api/v1/events?name=troubled.trouble"))
            #expect(event["state"]?.string == "dead")
            let details = try await client.get("/api/v1/events/\(event["id"]?.string ?? "")").expect(200)
            #expect(details["facts"]?["number"]?.int == 1)
            #expect(details["deliveries"]?.array?.first?["consumer"]?.string == "troubled.listen")
            let letter = try self.only(await client.get("/api/v1/dead-letters"))
            let target = "/api/v1/dead-letters/\(letter["id"]?.string ?? "")"
            try await client.post("\(target)/retry").expect(200)
            let empty = try await client.get("/api/v1/dead-letters").expect(200)
            #expect(empty["items"]?.array?.isEmpty == true)
            let again = await client.post("\(target)/retry")
            #expect(again.status == 404)
            try await platform.deliverEvents()
            try await client.post("\(target)/drop").expect(200)

            let job = try self.only(await client.get("/api/v1/jobs?state=dead"))
            #expect(job["allowed"] == ["retry"])
            #expect(job["input"] == nil)
            let place = "/api/v1/jobs/\(job["id"]?.string ?? "")"
            let waiting = try await client.post("\(place)/retry").expect(200)
            #expect(waiting["state"]?.string == "waiting")
            let cancelled = try await client.post("\(place)/cancel").expect(200)
            #expect(cancelled["state"]?.string == "cancelled")
            let late = await client.post("\(place)/hasten")
            #expect(late.code == "job_state")

            for action in ["event.retried", "event.dropped", "job.retried", "job.cancelled"] {
                let entry = try self.only(await client.get("/api/v1/audit?action=kernel.\(action)"))
                #expect(entry["actor"]?["kind"]?.string ?? entry["actor"]?.string != nil)
            }
        }
    }

    /// Nobody learns anything of another organization, nor of the machines that several share.
    @Test(arguments: TestEngine.allCases)
    func anotherOrganizationSeesAndDoesNothing(_ engine: TestEngine) async throws {
        try await self.withTrouble(engine) { platform in
            let north = try await platform.client(as: .admin)
            let event = try self.only(await north.get("/api/v1/events?name=troubled.trouble"))
            let letter = try self.only(await north.get("/api/v1/dead-letters"))
            let job = try self.only(await north.get("/api/v1/jobs?name=troubled.work"))
            // Two organizations share the deployment: why something failed names its machines.
            #expect(!"\(letter.text)\(job.text)".contains("smtp.internal"))

            let south = try await platform.client(as: .admin, in: .south)
            for list in ["events?name=troubled.trouble", "dead-letters", "jobs?name=troubled.work"] {
                let found = try await south.get("/api/v1/\(list)").expect(200)
                #expect(found["items"]?.array?.isEmpty == true, "\(list)")
            }
            let ids = [event, letter, job].map { $0["id"]?.string ?? "" }
            for target in ["events/\(ids[0])", "dead-letters/\(ids[1])", "jobs/\(ids[2])"] {
                let read = await south.get("/api/v1/\(target)")
                #expect(read.status == 404, "\(target)")
            }
            for target in ["dead-letters/\(ids[1])/retry", "dead-letters/\(ids[1])/drop", "jobs/\(ids[2])/retry"] {
                let answer = await south.post("/api/v1/\(target)")
                #expect(answer.status == 404, "\(target)")
            }
            for target in ["plugins", "checks", "metrics"] {
                let answer = await north.get("/api/v1/deployment/\(target)")
                #expect(answer.status == 403 && answer.code == "deployment_shared", "\(target)")
            }
            let me = try await north.get("/api/v1/me").expect(200)
            #expect(me["permissions"]?.array?.contains("deployment:read") == false)
            #expect(me["permissions"]?.array?.contains("operations:read") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aDeploymentOfOneIsShownWhole(_ engine: TestEngine) async throws {
        try await self.withTrouble(engine) { platform in
            try await platform.leaveOneOrganization()
            let client = try await platform.client(as: .admin)
            let letter = try self.only(await client.get("/api/v1/dead-letters"))
            #expect(letter["lastError"]?.string == "smtp.internal.example is away")
            let plugins = try await client.get("/api/v1/deployment/plugins").expect(200)
            let found = plugins["items"]?.array?.map { $0["id"]?.string ?? "" } ?? []
            #expect(found == ["kernel", "troubled"])
            let checks = try await client.get("/api/v1/deployment/checks").expect(200)
            let states = checks["items"]?.array?.map { "\($0["id"]?.string ?? "") \($0["state"]?.string ?? "")" } ?? []
            #expect(states.contains("deadLetters bad") && states.contains("deadJobs bad"))
            #expect(states.contains("database fine"))

            let browser = try await platform.browser(as: .admin)
            for page in ["plugins", "health", "metrics", "metrics/-/charts"] {
                let shown = await browser.get("/console/\(page)")
                #expect(shown.status == 200, "\(page)")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theConsoleShowsAndRepairs(_ engine: TestEngine) async throws {
        try await self.withTrouble(engine) { platform in
            let browser = try await platform.browser(as: .admin)
            let list = await browser.get("/console/dead-letters")
            #expect(list.text.contains("troubled.listen"))
            let job = try self.only(await (try await platform.client(as: .admin)).get("/api/v1/jobs?state=dead"))
            let place = "/console/jobs/\(job["id"]?.string ?? "")"
            let shown = await browser.get(place)
            #expect(shown.text.contains("<span class=\"badge bad\">Dead</span>"))
            let asked = await browser.get("\(place)/do/retry")
            let done = await browser.submit(asked, to: "\(place)/do/retry", [])
            #expect(done.status == 303)
            let after = await browser.get(place)
            #expect(after.text.contains("kernel.job.retried"))
            // Where several share the deployment there is no line of the menu and no page for it.
            #expect(!list.text.contains("href=\"/console/plugins\""))
            for page in ["plugins", "health", "metrics"] {
                let shown = await browser.get("/console/\(page)")
                #expect(shown.status == 404, "\(page)")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayNotSeesNeitherMenuNorPage(_ engine: TestEngine) async throws {
        try await self.withTrouble(engine) { platform in
            for member in [TestMember.customer, .provider] {
                let client = try await platform.client(as: member)
                let browser = try await platform.browser(as: member)
                let own = await browser.get("/console/sessions-of-mine")
                for name in ["events", "dead-letters", "jobs"] {
                    let answer = await client.get("/api/v1/\(name)")
                    #expect(answer.status == 403)
                    let page = await browser.get("/console/\(name)")
                    #expect(page.status == 404)
                    #expect(!own.text.contains("/console/\(name)\""))
                }
            }
        }
    }

    @Test func whatIsMeasuredIsDrawnByItsLabels() async throws {
        try await withPlatform(.sqlite, plugins: [Troubled.self]) { platform in
            try await platform.leaveOneOrganization()
            func reading(
                _ metric: MetricDefinition, _ operation: String, _ value: Double, sum: Double? = nil
            ) -> MetricReading {
                MetricReading(
                    name: metric.name, help: metric.help, labels: ["operation": operation], value: value, sum: sum)
            }
            let api = try platform.apiWithConsole(readings: [
                reading(KernelMetrics.requests, "often", 3), reading(KernelMetrics.requests, "often", 4),
                reading(KernelMetrics.requests, "never", 0),
                reading(KernelMetrics.requestDuration, "slow", 2, sum: 0.25),
            ])
            let browser = Browser(api)
            _ = await browser.signIn(.admin)
            let page = await browser.get("/console/metrics/-/charts")
            #expect(page.status == 200)
            #expect(page.text.contains("<title>often: 7</title>"))
            #expect(page.text.contains("<title>slow: 125</title>"))
            #expect(!page.text.contains("never"))
            #expect(page.text.contains("Total 7"))
            #expect(!page.text.contains("Total 125"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func listsGoOnWhereTheyEnded(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Troubled.self]) { platform in
            for number in 1...5 { try await platform.run(Troubled.begin, of: "troubled", number) }
            let client = try await platform.client(as: .admin)
            for list in ["events?name=troubled.trouble", "jobs?name=troubled.work"] {
                var ids: [String] = []
                var after: String? = ""
                while let place = after {
                    let page = try await client.get("/api/v1/\(list)&limit=2\(place.isEmpty ? "" : "&after=\(place)")")
                        .expect(200)
                    ids += (page["items"]?.array ?? []).compactMap { $0["id"]?.string }
                    after = page["next"]?.string
                }
                #expect(ids.count == 5 && Set(ids).count == 5)
            }
        }
    }
}
