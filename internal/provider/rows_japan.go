package provider

// japanHosting are companies whose customers mostly have domains of their own.
var japanHosting = []row{
	{
		// https://lolipop.jp/manual/user/mailsetting/
		Settings: hosting(implicit("Lolipop", "pop.lolipop.jp", emailAddress, "")),
		domains:  "*.lolipop.jp",
		names:    "Lolipop!,ロリポップ,ロリポップ!レンタルサーバー",
	},
	{
		// https://www.xserver.ne.jp/support/faq/service_mail_setting_ssl.php
		// https://www.xserver.ne.jp/manual/man_mail_setting.php
		Settings: hosting(implicit("Xserver", "", emailAddress,
			`The host, as in sv123.xserver.jp, is in the server panel under "server information" (サーバー情報) and in the mail about the finished set-up. Your own domain or the initial domain don't do: the certificate is not theirs.`)),
		domains: "*.xsrv.jp *.xserver.jp",
		names:   "X server,エックスサーバー,エックスサーバ",
	},
	{
		// https://help.sakura.ad.jp/mail/2114/
		Settings: hosting(implicit("Sakura Internet", emailDomain, emailAddress,
			`The host is the initial domain, as in example.sakura.ne.jp, also for addresses at a domain of your own. The control panel shows it.`)),
		domains: "*.sakura.ne.jp",
		names:   "Sakura,Sakura Rental Server,さくら,さくらインターネット,さくらのレンタルサーバ",
	},
	{
		// https://help.onamae.com/answer/9537
		Settings: hosting(implicit("Onamae.com", "", emailAddress,
			`The host is "pop." before your domain, as in pop.example.co.jp. Its certificate is for another name, which init offers to take (server_name).`)),
		names: "Onamae,お名前.com,お名前ドットコム,お名前メール",
	},
}

// japanAccess are access providers and mail services.
var japanAccess = []row{
	{
		// https://autoconfig.thunderbird.net/v1.1/ocn.ne.jp
		Settings: implicit("OCN", "pop.ocn.ne.jp", emailAddress, ""),
		domains:  "*.ocn.ne.jp ocn.ad.jp",
	},
	{
		// https://faq.support.biglobe.ne.jp/faq_detail.html?faq_category=1191&faq_id=12413
		Settings: implicit("BIGLOBE", "mail.biglobe.ne.jp", emailAddress,
			"The password is the BIGLOBE password (BIGLOBEパスワード) of the membership certificate."),
		domains: "*.biglobe.ne.jp",
		names:   "ビッグローブ",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/nifty.com
		Settings: implicit("@nifty", "pop.nifty.com", emailAddress, ""),
		domains:  "nifty.com",
		names:    "ニフティ",
	},
	{
		// https://asahi-net.jp/support/guide/mail/0600.html
		Settings: implicit("ASAHI Net", "pop.asahi-net.or.jp", "",
			"The name to log in with is the ASAHI Net ID (ASAHIネットID), not the address."),
		domains: "asahi-net.or.jp asahinet.jp my.email.ne.jp",
		names:   "ASAHIネット,アサヒネット",
	},
	{
		// https://support.yahoo-net.jp/PccMail/s/article/H000007321
		Settings: implicit("Yahoo! JAPAN Mail", "pop.mail.yahoo.co.jp", emailAddress,
			`Switch on POP in the web mail's settings under "IMAP/POP/SMTP access" (IMAP/POP/SMTPアクセス), for access from other than official services. With two-step verification an app password takes the password's place.`),
		domains: "yahoo.co.jp ymail.ne.jp",
		names:   "Yahoo Japan,Yahoo!メール,ヤフーメール",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/8f023860389c3e28701763d91f33200fa29df202/v1.1/ybb.ne.jp
		Settings: implicit("Yahoo! BB", "ybbpop.mail.yahoo.co.jp", emailLocalPart, ""),
		domains:  "ybb.ne.jp",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/zoho.jp
		// https://www.zoho.com/mail/help/pop-access.html
		Settings: implicit("Zoho Mail (Japan)", "pop.zoho.jp", emailAddress, zohoNote),
		domains:  "zoho.jp zohomail.jp",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/janis.or.jp
		Settings: implicit("Janis", "pops.janis.or.jp", emailAddress, ""),
		domains:  "janis.or.jp",
		names:    "ジャニス,Janisネット",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/cty-net.ne.jp
		Settings: implicit("CTY", "pops.cty-net.ne.jp", emailAddress, ""),
		domains:  "*.cty-net.ne.jp cty-net.com",
		names:    "CTYメール,シー・ティー・ワイ",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/jet.ne.jp
		Settings: implicit("JETINTERNET", "pop.jet.ne.jp", emailLocalPart, ""),
		domains:  "jet.ne.jp",
		names:    "JET",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/cc9.ne.jp
		Settings: implicit("CC9", "pop.cc9.ne.jp", emailLocalPart, ""),
		domains:  "cc9.ne.jp",
		names:    "CC9インターネットサービス",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/cek.ne.jp
		Settings: implicit("CEK-Net", "mail.cek.ne.jp", emailAddress, ""),
		domains:  "cek.ne.jp",
		names:    "エコーシティー・駒ケ岳",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/mnet.ne.jp
		Settings: implicit("Mnet", "mail.mnet.ne.jp", emailAddress, ""),
		domains:  "mnet.ne.jp",
		names:    "Mnetメール",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/sakunet.ne.jp
		Settings: implicit("Saku-Net", "mail.sakunet.ne.jp", emailLocalPart, ""),
		domains:  "sakunet.ne.jp",
		names:    "佐久ケーブルテレビ",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/iiyama-catv.ne.jp
		Settings: implicit("iNet Iiyama", "mail.iiyama-catv.ne.jp", emailAddress, ""),
		domains:  "iiyama-catv.ne.jp",
		names:    "iネット飯山,ケーブルテレビiネット飯山",
	},
}

// zohoNote is the same in every country's Zoho.
const zohoNote = "Switch on POP access in Zoho Mail's settings. With two-factor authentication an application-specific password takes the password's place."
