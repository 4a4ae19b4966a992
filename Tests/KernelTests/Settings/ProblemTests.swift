import AlmanacKernel
import Testing

struct ProblemTests {
    @Test func isOneLine() {
        let problem = Problem(place: "plugin x", message: "two\nlines", advice: "mend\r\nit")

        #expect(problem.description == "plugin x: two lines; mend  it")
    }

    @Test func comeInTheOrderOfFilesAndLines() {
        func problem(_ file: String, _ line: Int, _ column: Int) -> Problem {
            Problem(at: SourcePosition(file: file, line: line, column: column), message: "m")
        }
        let unplaced = Problem(place: "plugin x", message: "m")

        let problems = Problems([
            unplaced, problem("b", 1, 1), problem("a", 10, 2), problem("a", 10, 1), problem("a", 9, 9),
        ])

        #expect(problems.all.map(\.place) == ["a:9:9", "a:10:1", "a:10:2", "b:1:1", "plugin x"])
    }
}
