# Sunucunun söyledikleri, Türkçe.

## Katalogdaki hatalar: bir başlık ve ne yapılacağı

problem-malformed_request-title = İstek okunamıyor.
problem-malformed_request-advice = Gövde JSON değil, 32 düzeyden daha derin iç içe geçmiş veya erken bitiyor ya da bir başlık veya parametre yanlış biçimde. Yeri `detail` alanında belirtilir.
problem-sign_in_needed-title = Önce oturum açmanız gerekir.
problem-sign_in_needed-advice = Erişim belirteci eksik, süresi dolmuş, değiştirilmiş veya iptal edilmiş. Belirteci yenileyin ya da oturum açın.
problem-sign_in_failed-title = Bu e-posta adresi ve bu parolayla oturum açılamıyor.
problem-sign_in_failed-advice = İkisini de kontrol edin. Devre dışı bırakılmış bir hesap da aynı yanıtı alır.
problem-refresh_refused-title = Yenileme belirteci artık geçerli değil.
problem-refresh_refused-advice = Belirtecin süresi doldu, oturumu sona erdi veya yerini daha yeni bir belirteç aldı. Yeniden oturum açın.
problem-refresh_superseded-title = Bu yenileme belirtecinin yerini az önce daha yeni bir belirteç aldı.
problem-refresh_superseded-advice = Yeni belirteç bu cihazdaysa onunla devam edin. Değilse `Retry-After` başlığındaki saniye kadar bekleyip bu belirteci yeniden gönderin. Yeni belirteci başka bir cihaz kullandıysa oturum o zaman sona erer.
problem-forbidden-title = Bunu yapma izniniz yok.
problem-forbidden-advice = `detail` alanında başka bir neden belirtilmemişse bir yönetici size buna izin veren bir rol verebilir.
problem-not_for_keys-title = API anahtarları bunun için değildir.
problem-not_for_keys-advice = Bir API anahtarı yalnızca göstergeleri, listeleri ve dışa aktarımları okur. Bunun için kişi olarak oturum açın.
problem-not_found-title = Bu adreste bir şey bulunamadı.
problem-not_found-advice = Öğe yok ya da onu görme izniniz yok. Yanıt iki durumda da aynıdır.
problem-address_expired-title = Bu adresin süresi doldu.
problem-address_expired-advice = Bir dosyanın adresi sınırlı bir süre geçerlidir. Bu adresi veren isteği yineleyin: istek yeni bir adres verir.
problem-method_not_allowed-title = Bu adres, isteğin yöntemini desteklemiyor.
problem-method_not_allowed-advice = Desteklenen yöntemler `Allow` başlığında sıralanır.
problem-request_timeout-title = İsteğin gövdesi çok yavaş geldi.
problem-request_timeout-advice = İsteği daha hızlı bir bağlantıyla yeniden gönderin. Aynı kimlikle iki kez gönderilen öğe bir kez kaydedilir.
problem-conflict-title = İstek, kayıtlı olanla çelişiyor.
problem-conflict-advice = Çelişki `detail` alanında açıklanır. Güncel durumu okuyun, sonra karar verin.
problem-last_administrator-title = Hiç yönetici kalmazdı.
problem-last_administrator-advice = Oturum açabilen son yönetici devre dışı bırakılamaz ve tüm işletmeci üzerindeki rolünü kaybedemez. Önce başka bir yönetici belirleyin.
problem-rights_changed-title = İstek işlenirken yetkileriniz değişti.
problem-rights_changed-advice = Hiçbir şey kaydedilmedi. İsteği yeniden gönderin: o zaman şimdiki yetkilerinize göre değerlendirilir.
problem-visit_differs-title = Bu kimlikle zaten farklı bir ziyaret kayıtlı.
problem-visit_differs-advice = Kayıtlı ziyaret olduğu gibi kalır. `errors` içindeki her öğe, farklı olan bir alanı gösterir. Bir ziyaret, iade edildikten sonra düzeltilebilir.
problem-wrong_state-title = Güncel durum bu adıma izin vermiyor.
problem-wrong_state-advice = `detail` alanında güncel durum ve istenen durum belirtilir. Güncel durumu okuyun, sonra karar verin.
problem-not_complete-title = Ziyaretin bazı dosyaları gelmedi.
problem-not_complete-advice = Manifestte olup henüz gönderilmemiş dosyaların kimlikleri `missing` alanında sıralanır; bu dosyaların gönderilmesi gerekir.
problem-claimed_by_another-title = Bu ziyaretle başka bir denetçi ilgileniyor.
problem-claimed_by_another-advice = `detail` ne zamana kadar olduğunu söyler. O zamana kadar bekleyin, başka bir ziyaret alın ya da o denetçiden devretmesini isteyin.
problem-evidence_differs-title = Bir dosya, ziyaret için kayıtlı olanla uyuşmuyor.
problem-evidence_differs-advice = Kayıtlı olan hiçbir zaman değiştirilmez ve bu istekten hiçbir şey kaydedilmedi. Farklı olan her dosyaya yeni bir kimlik verip isteği yeniden gönderin.
problem-assignment_taken-title = Bu görev için zaten başka bir ziyaret var.
problem-assignment_taken-advice = Bir görevin tek ziyareti olur. İkinci bir ziyaret için planlamacının ikinci bir görev oluşturması gerekir.
problem-no_attempts_left-title = Bu test için şimdilik deneme hakkı kalmadı.
problem-no_attempts_left-advice = 30 gün içindeki deneme sayısı sınırlıdır. Sonraki denemenin ne zaman yapılabileceği `detail` alanında, kaç saniye sonra yapılabileceği `Retry-After` başlığında belirtilir.
problem-job_taken-title = Bu görev zaten başka bir gizli müşteride.
problem-job_taken-advice = Görev panosundan başka bir görev seçin.
problem-not_eligible-title = Bu gizli müşteri bu görevi alamaz.
problem-not_eligible-advice = `errors` içindeki her öğe bir engelin kodunu içerir ve engeli açıklar. Marka veya şubeyle bağ kesin engeldir; diğerleri için bir planlamacı istisna yapabilir.
problem-offer_expired-title = Bu teklifin süresi doldu.
problem-offer_expired-advice = Teklife zamanında yanıt verilmedi. Görev, tüm gizli müşteriler için yeniden görev panosunda.
problem-offset_differs-title = Yükleme başka bir bayttan devam ediyor.
problem-offset_differs-advice = Yüklemeyi `HEAD` ile sorgulayın ve `Upload-Offset` başlığındaki bayttan devam edin.
problem-upload_expired-title = Tamamlanmamış yüklemenin süresi doldu.
problem-upload_expired-advice = Baytları silindi. Yüklemeyi yeniden oluşturun; kimliği aynı kalabilir.
problem-range_not_satisfiable-title = Dosyada istenen baytlar yok.
problem-range_not_satisfiable-advice = Dosyanın kaç bayt olduğu `detail` alanında belirtilir. Sonundan önceki baytları ya da dosyanın tamamını isteyin.
problem-tus_version-title = Sunucu bu tus sürümünü desteklemiyor.
problem-tus_version-advice = `Tus-Resumable` başlığını, `Tus-Version` başlığında belirtilen bir sürümle gönderin.
problem-upload_taken_over-title = Bu yüklemeyi başka bir istek sürdürüyor.
problem-upload_taken_over-advice = Gelen baytlar korunur. Yüklemeyi `HEAD` ile sorgulayın ve `Upload-Offset` başlığındaki bayttan devam edin.
problem-digest_mismatch-title = Baytlar, özet değerleriyle uyuşmuyor.
problem-digest_mismatch-advice = Bu isteğin baytları atıldı. Yüklemeyi `HEAD` ile sorgulayın ve baytları `Upload-Offset` başlığındaki bayttan başlayarak yeniden gönderin.
problem-file_too_large-title = Dosya çok büyük.
problem-file_too_large-advice = Sınır `detail` alanında belirtilir. Fotoğrafı daha düşük çözünürlükte çekin veya kaydı daha kısa parçalar hâlinde yapın.
problem-unreadable_file-title = Bu türdeki bir dosyayı burada kimse okuyamaz.
problem-unreadable_file-advice = Yerine ne gönderileceği `detail` alanında belirtilir. Dosyadan hiçbir şey saklanmaz: onu başka bir biçimde, kendi `id` değeri olan yeni bir dosya olarak gönderin.
problem-visit_full-title = Ziyaret, dosya veya bayt sınırına ulaştı.
problem-visit_full-advice = Sınır `detail` alanında belirtilir. Tamamlanmamış bir yükleme `DELETE` ile iptal edilebilir.
problem-files_waiting-title = Çok fazla dosyanız ziyaretini bekliyor.
problem-files_waiting-advice = Dosyaların ait olduğu ziyaretleri gönderin ya da görevini belirtin: `Upload-Metadata` içinde veya parametre olarak `assignment_id`. Sınır `detail` alanında belirtilir.
problem-daily_limit-title = Günlük yükleme sınırına ulaştınız.
problem-daily_limit-advice = Sınır `detail` alanında belirtilir. `Retry-After` başlığındaki saniye kadar bekleyin. Gelen dosyalar korunur.
problem-precondition_failed-title = İstekte belirtilen durum, güncel durum değil.
problem-precondition_failed-advice = Durum, siz okuduktan sonra değişmiş olabilir. Yeniden okuyun, değişikliğinizi güncel duruma uygulayın ve `If-Match` başlığında yeni `ETag` ile gönderin.
problem-body_too_large-title = İsteğin gövdesi, bu adresin kabul ettiğinden büyük.
problem-body_too_large-advice = Sınır `detail` alanında belirtilir.
problem-unsupported_media_type-title = Bu adres, gövdenin medya türünü kabul etmiyor.
problem-unsupported_media_type-advice = Kabul edilen medya türü `detail` alanında belirtilir.
problem-invalid-title = Bazı değerler kabul edilemez.
problem-invalid-advice = `errors` içindeki her öğe bir değeri gösterir (RFC 6901) ve değerin ne olabileceğini belirtir.
problem-precondition_required-title = İstek, değiştirdiği durumu belirtmelidir.
problem-precondition_required-advice = Bu adreste zaten bir öğe var. Öğeyi okuyun ve `ETag` değerini `If-Match` başlığında gönderin.
problem-too_many_requests-title = Kısa sürede çok fazla deneme yapıldı.
problem-too_many_requests-advice = `Retry-After` başlığındaki saniye kadar bekleyin, sonra yeniden deneyin.
problem-not_supported-title = Bu desteklenmiyor.
problem-not_supported-advice = İletide neyin istendiği belirtilir. İsteği onsuz gönderin.
problem-internal-title = Sunucuda bir hata oluştu.
problem-internal-advice = Neden istekte değil. Neden, sunucunun günlüğünde `request_id` ile kayıtlıdır. Aynı istek yeniden gönderilebilir.
problem-unavailable-title = Hizmet geçici olarak kullanılamıyor.
problem-unavailable-advice = `Retry-After` başlığındaki saniye kadar bekleyin, sonra yeniden deneyin. Aynı kimlikle iki kez gönderilen öğe bir kez kaydedilir.

## Kabul edilmeyen parolalar

password-own_address = Parola, e-posta adresinden veya onun parçalarından oluşuyor. Sizinle ilgili hiçbir şey söylemeyen bir parola seçin.
password-common = Bu parola en yaygın olanlardan biri. Başka bir parola seçin.
password-repeated = Parola aynı karakterleri tekrarlıyor. Daha çeşitli bir parola seçin.
password-run = Parola alfabeyi, rakamları veya klavyeyi izliyor. Başka bir parola seçin.

## Bir hatanın sayfası. $code hatanın kodu, $id başarısız olan isteğin kimliğidir.

problem-page-title = { $code } hatası
problem-page-code = Kod
problem-page-status = HTTP durumu
problem-page-advice = Ne yapmalı
problem-page-contract = Arayüzün tam sözleşmesi
problem-page-request = İstek { $id }

## Files of places and employees: what is wrong with them, and how they were understood

import-one-mistake = Hiçbir şey içe aktarılmadı: bir hata var.
import-mistakes = { $count ->
    [one] Hiçbir şey içe aktarılmadı: { $count } hata var.
   *[other] Hiçbir şey içe aktarılmadı: { $count } hata var.
}
import-mistakes-listed = { $count ->
    [one] Hiçbir şey içe aktarılmadı: { $count } hata var. İlk { $listed } tanesi sıralandı.
   *[other] Hiçbir şey içe aktarılmadı: { $count } hata var. İlk { $listed } tanesi sıralandı.
}
import-missing = bu değer eksik
import-plain = denetim karakteri içermeyen ve yalnızca boşluktan oluşmayan bir metin satırı
import-length = { $length } karakter içeriyor; en fazla { $most }
import-depth = bölgeler en fazla { $most } düzey iç içe olabilir
import-path = / ile ayrılmış bölge adları; hiçbiri boş olamaz
import-degrees = -{ $most } ile { $most } arasında derece, örneğin 48,85
import-half-a-position = bir konumun enlemi ve boylamı vardır ya da ikisi de yoktur
import-time-zone = bir IANA saat dilimi, örneğin Europe/Paris
import-time-zone-needed = saat dilimi yok: yazın ya da bölgenin veya markanın `branch_defaults` değerini belirleyin
import-languages = ; ile ayrılmış 1 ile 20 arasında farklı dil kodu, örneğin fr;pt-BR
import-languages-needed = dil yok: yazın ya da bölgenin veya markanın `branch_defaults` değerini belirleyin
import-email = bir e-posta adresi ya da boş
import-yes-no = evet ya da hayır
import-code-taken = bu kod { $line }. satırda zaten var
import-code-alike = { $line }. satırda aynı görünen bir kod var
import-several-alike = birden çok anahtar “{ $written }” gibi görünüyor: tam olarak kayıtlı olduğu gibi yazın
import-elsewhere = şube başka bir bölgede: önce onu taşıyın (bir aydan itibaren, gerekçesiyle) ya da bulunduğu bölgeyi yazın
import-region-retired = bu bölge kapatılmış: önce onu geri açın ya da başka bir bölge yazın
import-region-to-come = bu adda bir bölge buraya taşınacak: şimdi bulunduğu yeri yazın ya da taşınmasını bekleyin
import-no-branch = markanın bu kodla bir şubesi yok
import-too-many-branches = bir dosyada en fazla { $most } şube olabilir: dosyayı bölün
import-too-many-employees = bir dosyada en fazla { $most } çalışan olabilir: dosyayı bölün
import-empty-file = dosya boş: şu sütunlar gerekli: { $columns }
import-column-missing = bu sütun eksik; dosyada şu sütunlar gerekli: { $columns }
import-column-twice = bu sütun iki kez var
import-column-without-name = adı olmayan bir sütunda değer var
import-width = { $width } değer içeriyor; başlıkta { $columns } sütun var
import-encoding = bu, { $encoding } kodlamasında bir metin değil: dosyayı CSV UTF-8 olarak kaydedin
import-workbook-unreadable = bu çalışma kitabı bozuk: bir tablo programıyla yeniden kaydedin
import-workbook-too-large = çalışma kitabı çok büyük: yalnızca tablonun olduğu sayfayı bırakın ya da CSV olarak kaydedin
import-error-value = formül hata veriyor: değeri yazın
import-date-value = hücrede bir tarih var: metin olarak biçimlendirin ve değeri yeniden yazın
import-formula-without-value = formülün henüz değeri yok: çalışma kitabını bir tablo programıyla kaydedin ya da değeri yazın
import-note-column = “{ $column }” sütunu bizim sütunlarımızdan değil: dışarıda bırakıldı.
import-note-column-without-name = Adı olmayan bir sütundaki değer dışarıda bırakıldı.
import-note-far = { $most }. sütunun sağında kalanlar dışarıda bırakıldı.
import-note-sheet = “{ $sheet }” sayfası okunmuyor.
import-notes-listed = { $count ->
    [one] { $count } not var. İlk { $listed } tanesi sıralandı.
   *[other] { $count } not var. İlk { $listed } tanesi sıralandı.
}
import-note-encoding = Dosya UTF-8 değil. Görünüşüne göre { $encoding } olarak okundu. “{ $word }” yanlışsa dosyayı CSV UTF-8 olarak kaydedin.
import-note-alike = “{ $written }”, “{ $taken }” ile aynı görünüyor ve onun yerine sayıldı.
import-note-time-zones = { $count ->
    [one] Dosyada { $count } yeni şubenin saat dilimi yok: bölgesininki ya da markanınki alındı.
   *[other] Dosyada { $count } yeni şubenin saat dilimi yok: bölgelerininki ya da markanınki alındı.
}
import-note-languages = { $count ->
    [one] Dosyada { $count } yeni şubenin dili yok: bölgesininkiler ya da markanınkiler alındı.
   *[other] Dosyada { $count } yeni şubenin dili yok: bölgelerininkiler ya da markanınkiler alındı.
}
import-note-no-position = { $count ->
    [one] { $count } şubenin konumu yok: bir yerin çevresindeki iş listelerinde yer almaz ve ona olan uzaklık ölçülmez.
   *[other] { $count } şubenin konumu yok: bir yerin çevresindeki iş listelerinde yer almazlar ve onlara olan uzaklık ölçülmez.
}
import-note-retired = Bu şube kapatılmış ve öyle kalır: yeniden ziyaret edilmesi için onu geri açın.

## Basılı bir raporda yazanlar

print-page = Sayfa { $page } / { $pages }
print-withdrawn-title = Geri çekilen rapor
print-withdrawn = Bu rapor geri çekildi. Ziyareti hiçbir yerde sayılmaz.
print-branch = Şube
print-visited-on = Ziyaret günü
print-visited-within = Ziyaret dönemi
print-days = { $first } – { $last } arası
print-day = { $day } { $month ->
    [1] Ocak
    [2] Şubat
    [3] Mart
    [4] Nisan
    [5] Mayıs
    [6] Haziran
    [7] Temmuz
    [8] Ağustos
    [9] Eylül
    [10] Ekim
    [11] Kasım
   *[12] Aralık
    } { $year }
print-released-on = Yayımlandığı gün
print-appeal-until = Son itiraz günü
print-score = Puan
print-no-score = Puan yok
print-percent = %{ $number }
print-points = { $possible ->
    [one] { $possible } puan üzerinden { $earned }
   *[other] { $possible } puan üzerinden { $earned }
}
print-before-effects = Kritik sorular olmasaydı puan { $score } olurdu.
print-section-zero = Bu kritik soru hiç puan getirmedi; bu yüzden bölümü de getirmez.
print-visit-zero = Bu kritik soru hiç puan getirmedi; bu yüzden ziyaretin puanı sıfırdır.
print-cap = Bu kritik soru hiç puan getirmedi; bu yüzden ziyaretin puanı en çok { $score } olur.
print-longer-than-all = Bütün sınırlardan uzun
print-any-time = Herhangi bir süre
print-photos = Fotoğraflara bakınız
print-recordings = Kayıtlar çevrimiçi raporda
print-not-applicable = Geçerli değildi
print-not-answered = Yanıtlanmadı
print-left-out = Raporlarda gösterilmez
print-comment = Yorum: { $comment }
print-corrected = Bir itiraz üzerine düzeltildi
print-photo = Fotoğraf { $number }: { $question }
print-standards-met = Karşılanan standartlar
print-standards-missed = Karşılanmayan standartlar
print-appeals = İtirazlar
print-appeal-open = Açık
print-appeal-upheld = Kabul edildi: yanıtlar düzeltildi
print-appeal-declined = Reddedildi: yanıtlar kalıyor
print-appeal-taken-back = Geri alındı
print-appeal-report-withdrawn = Rapor karardan önce geri çekildi
print-answer-corrected = Bu yanıt düzeltildi.
print-answer-stays = Bu yanıt kalıyor.
print-reason = Gerekçe: { $reason }

## What was answered, in a report and beside a figure

answer-yes = Evet
answer-no = Hayır
answer-none = Hiçbiri
answer-scale = { $from } ile { $to } arasında { $value }
answer-time-up-to = En çok { $time } dk
answer-time-more-than = { $time } dakikadan uzun
answer-up-to = En çok { $limit }
answer-more-than = { $limit } değerinden fazla

## What figures are about

side-personal = İnsanlar
side-procedural = İşleyiş
weekday-mon = Pazartesi
weekday-tue = Salı
weekday-wed = Çarşamba
weekday-thu = Perşembe
weekday-fri = Cuma
weekday-sat = Cumartesi
weekday-sun = Pazar

## Alerts

alert-whole-visits = ziyaretlerin tamamı
alert-below = { $place }, { $subject }: { $months } için { $score }, { $mark } eşiğinin altında.
alert-below-target = { $place }, { $subject }: { $months } için { $score }, { $mark } hedefinin altında.
alert-above = { $place }, { $subject }: { $months } için { $score }, { $mark } eşiğinin üzerinde.
alert-above-target = { $place }, { $subject }: { $months } için { $score }, { $mark } hedefinin üzerinde.
alert-fell = { $place }, { $subject }: { $months } için { $score }, önceki değer { $mark }: düştü.
alert-rose = { $place }, { $subject }: { $months } için { $score }, önceki değer { $mark }: yükseldi.
alert-score-within = { $visits ->
    [one] { $visits } ziyarete göre gerçek puan { $low } ile { $high } arasındadır (yüzde 95 güven).
   *[other] { $visits } ziyarete göre gerçek puan { $low } ile { $high } arasındadır (yüzde 95 güven).
}
alert-difference-within = { $visits ->
    [one] { $visits } ziyarete göre gerçek değişim { $low } ile { $high } yüzde puanı arasındadır (yüzde 95 güven).
   *[other] { $visits } ziyarete göre gerçek değişim { $low } ile { $high } yüzde puanı arasındadır (yüzde 95 güven).
}
alert-beyond-chance = Bu, rastlantıdan fazlasıdır.

## Grafikler

chart-month = { $month ->
    [1] Oca
    [2] Şub
    [3] Mar
    [4] Nis
    [5] May
    [6] Haz
    [7] Tem
    [8] Ağu
    [9] Eyl
    [10] Eki
    [11] Kas
   *[12] Ara
}
chart-unit = Yüzde olarak puan ve %95 aralığı; n: ziyaret sayısı
chart-unit-of-cells = Yüzde olarak puan; sağda ziyaret sayısı; alttaki çubuk 0–100 ölçeğinde %95 aralığıdır
chart-trend = { $place }: zaman içinde puan
chart-ranking = { $place }: şube sıralaması
chart-heatmap = { $place }: şubelere göre puanlar
chart-whole-visits = Bütün ziyaretler
chart-figure = { $visits ->
    [one] { $score }, %95 aralığı { $low } – { $high }, { $visits } ziyaret
   *[other] { $score }, %95 aralığı { $low } – { $high }, { $visits } ziyaret
}
chart-no-figure = { $visits ->
    [one] puan yok, { $visits } ziyaret
   *[other] puan yok, { $visits } ziyaret
}
chart-too-few = Karar vermek için çok az ziyaret
chart-score = Puan ve %95 aralığı
chart-target = Hedef
chart-target-of = hedef { $score }
chart-rank = Sıra
chart-new-version = Kontrol listesinin yeni sürümü
chart-mixed = Aynı anda birkaç sürüm
chart-nothing = Gösterilecek bir şey yok: burada hiçbir ziyaret sayılmıyor.
chart-no-scores = Ziyaretler var, ancak puan göstermek için çok az.
chart-more = { $count ->
    [one] Yalnızca ilk şube çizildi.
   *[other] Yalnızca ilk { $count } şube çizildi.
}
chart-more-columns = { $count ->
    [one] { $count } sütun daha çizilmedi.
   *[other] { $count } sütun daha çizilmedi.
}
chart-filtered = Ziyaretlerin yalnızca bir kısmı: süzgeç
chart-by-checklist = Kontrol listesine göre
chart-by-version = Sürüme göre
chart-by-side = Hizmetin yanına göre
chart-by-section = Bölüme göre
chart-by-dimension = Boyuta göre
chart-by-standard = Standarda göre
chart-by-question = Soruya göre
chart-by-choice = Cevaba göre
chart-day = { $day } { $month ->
    [1] Oca
    [2] Şub
    [3] Mar
    [4] Nis
    [5] May
    [6] Haz
    [7] Tem
    [8] Ağu
    [9] Eyl
    [10] Eki
    [11] Kas
   *[12] Ara
    }
chart-summary = Özet: { $months }
chart-this-branch = Bu şube
chart-region = Bölge
chart-brand = Marka
chart-over-time = Zaman içinde
chart-compared = Karşılaştırma ve bölüm bölüm puanlar
chart-first = Önce ne yapılmalı
chart-gain = kazanılabilecek { $points } puan
chart-loss = { $points } puana mal oluyor
chart-no-drivers = Burada hiçbir şey başka yerlerdekinden daha çok puana mal olmuyor.
chart-change = Önceki döneme göre değişim: { $difference } puan (%95 aralığı { $low } – { $high }).
chart-versions = Ziyaretler kontrol listesinin birkaç sürümüyle yapıldı: değişim bundan kaynaklanabilir.
chart-more-sections = { $count ->
    [one] { $count } bölüm daha çizilmedi.
   *[other] { $count } bölüm daha çizilmedi.
}
