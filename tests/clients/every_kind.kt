// The types that openapi-generator made for Kotlin, in a program of one's own: reads a checklist with every kind of question,
// answers each, and has the answers tried by a server. `every_kind CHECKLIST SERVER PASSWORD [--planted-defect]`
import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse
import java.net.http.HttpResponse.BodyHandlers
import java.util.UUID
import kotlin.system.exitProcess
import org.openapitools.client.infrastructure.Serializer.gson
import org.openapitools.client.models.*

class Api(val server: String, val token: String?) {
    fun send(method: String, path: String, body: String?, ifMatch: String? = null): HttpResponse<String> {
        val request = HttpRequest.newBuilder(URI(server + path))
        request.method(method, if (body == null) BodyPublishers.noBody() else BodyPublishers.ofString(body))
        request.header("Content-Type", "application/json")
        token?.let { request.header("Authorization", "Bearer $it") }
        ifMatch?.let { request.header("If-Match", it) }
        val answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString())
        check(answer.statusCode() < 300) { "$method $path: ${answer.statusCode()} ${answer.body()}" }
        return answer
    }

    inline fun <reified T> read(method: String, path: String, body: Any? = null): T =
        gson.fromJson(send(method, path, body?.let(gson::toJson)).body(), T::class.java)
}

/** The answer to a question; nothing where files are the answer. */
fun answer(kind: Any?): Any? = when (kind) {
    is FullAnswerKindYesNo -> kind.expect == Expected.YES
    is AnswerKindOneChoice -> kind.options.maxBy { it.points ?: 0 }.key
    is AnswerKindSeveralChoices -> kind.options.take(kind.atLeast ?: 1).map { it.key }
    is FullAnswerKindScale -> if (kind.reversed) kind.from else kind.to
    is AnswerKindNumber -> (kind.minimum ?: 0) + 60
    is AnswerKindAmount -> 1250
    is AnswerKindDuration -> 90
    is FullAnswerKindText -> "Everything was in order.".take(kind.maxLength.toInt())
    is AnswerKindDateTime -> if (kind.ask == Ask.DATE) "2026-11-22" else "14:05"
    is AnswerKindLocation -> mapOf("latitude" to 48.8071, "longitude" to 2.1327)
    else -> null
}

fun main(arguments: Array<String>) {
    val (checklist, server, password) = arguments
    val session = NewSession(email = "designer@lumen.example", password = password, device = "generated client")
    val token = Api(server, null).read<Tokens>("POST", "/v1/sessions", session).accessToken
    val api = Api(server, token)
    val brand = api.read<PageBrandView>("GET", "/v1/brands").items.first().id
    val (list, version) = listOf(UUID.randomUUID(), UUID.randomUUID())
    api.send("PUT", "/v1/checklists/$list", gson.toJson(PutChecklist(brandId = brand, name = "Every kind $list")))
    val draft = api.send("PUT", "/v1/checklists/$list/draft", File(checklist).readText())
    val tag = draft.headers().firstValue("etag").get()
    api.send("POST", "/v1/checklists/$list/versions", gson.toJson(Publish(id = version)), tag)

    val questions = api.read<VersionView>("GET", "/v1/checklist-versions/$version").content.sections.flatMap { it.questions }
    val kinds = questions.map { it.answer.actualInstance!!::class.simpleName }.toSet()
    check(kinds.size == 14) { "$kinds" }
    val answers = questions.mapNotNull { question -> answer(question.answer.actualInstance)?.let { question.key to Answer(value = it) } }
    val files = questions.filter { it.answer.actualInstance.let { kind -> kind is AnswerKindPhoto || kind is AnswerKindAudio || kind is AnswerKindSignature } }
    val manifest = files.map {
        val type = if (it.answer.actualInstance is AnswerKindAudio) MediaType.AUDIO_SLASH_OGG else MediaType.IMAGE_SLASH_PNG
        ManifestEntry(id = UUID.randomUUID(), mediaType = type, question = it.key, sha256 = "0".repeat(64), propertySize = 100)
    }
    val sent = if ("--planted-defect" in arguments) answers.drop(1) else answers
    val tried = api.read<TrialView>("POST", "/v1/checklist-versions/$version/trial", Trial(answers = sent.toMap(), manifest = manifest))
    check(tried.problems.isEmpty() && tried.score.overall.score == 10_000) { "${tried.problems} ${tried.score.overall}" }
    println("Kotlin: every kind of question is answered: ${kinds.size}")
    exitProcess(0)
}
